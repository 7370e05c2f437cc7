package io.eventsync.server.http.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/API.md is what the contract's comments say now. {@code .ci/api-doc} writes it anew. */
class ApiPageTest {
    private static final Path PAGE = Path.of("../docs/API.md");
    private static final Pattern LINK = Pattern.compile("\\(#([a-z0-9]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^##+ (.+)$");

    @Test
    void page_isUpToDate() throws IOException {
        String rendered = ApiPage.render();
        if (Boolean.getBoolean("eventsync.docs.write")) {
            Files.writeString(PAGE, rendered);
        }

        assertThat(Files.readString(PAGE)).as("out of date: run .ci/api-doc").isEqualTo(rendered);
    }

    @Test
    void links_leadSomewhere() {
        String page = ApiPage.render();
        List<String> headings = HEADING.matcher(page)
                .results()
                .map(heading ->
                        heading.group(1).toLowerCase(java.util.Locale.ROOT).replace(".", ""))
                .toList();

        assertThat(LINK.matcher(page).results().map((MatchResult link) -> link.group(1)))
                .hasSizeGreaterThan(200)
                .allMatch(headings::contains);
        assertThat(headings).doesNotHaveDuplicates();
    }

    @Test
    void everything_hasItsComment() {
        assertThat(ApiPage.render().lines().filter(line -> line.startsWith("- **")))
                .allSatisfy(line -> assertThat(line).contains(": "));
    }
}
