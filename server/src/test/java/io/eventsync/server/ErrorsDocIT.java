package io.eventsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.failure.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The three places that speak about reasons, error.proto, {@link Reason} and docs/ERRORS.md, say the same. */
class ErrorsDocIT {
    private static final Path ROOT = Path.of("..");
    private static final Path CONTRACT = ROOT.resolve("proto/src/main/protobuf/eventsync/v1/error.proto");
    private static final Path DOCUMENT = ROOT.resolve("docs/ERRORS.md");
    private static final Pattern VALUE =
            Pattern.compile("  // ([A-Z_]+)(, RetryInfo)?\\.[^\\n]*\\n(?:  //[^\\n]*\\n)*  REASON_([A-Z_]+) = \\d+;");
    private static final Pattern ENTRY = Pattern.compile("(?m)^### (\\S+)\\n`([A-Z_]+)` · \\d+ · (\\w+)$");
    private static final Pattern HEADING = Pattern.compile("(?m)^### (.+)$");

    private static final Map<String, String> CODES = Arrays.stream(Reason.values())
            .collect(Collectors.toMap(Reason::name, reason -> reason.code().name()));

    @Test
    void contract_givesEachReasonTheCodeOfTheServer() throws IOException {
        assertThat(found(VALUE, CONTRACT, m -> m.group(3), m -> m.group(1))).isEqualTo(CODES);
    }

    @Test
    void document_hasOneEntryPerReason_withItsCode() throws IOException {
        List<String> headings = new ArrayList<>();
        Matcher heading = HEADING.matcher(Files.readString(DOCUMENT));
        while (heading.find()) {
            headings.add(heading.group(1));
        }

        assertThat(headings).containsExactlyInAnyOrderElementsOf(CODES.keySet());
        assertThat(found(ENTRY, DOCUMENT, m -> m.group(1), m -> m.group(2))).isEqualTo(CODES);
    }

    @Test
    void document_tellsToWait_exactlyWhereTheContractPromisesRetryInfo() throws IOException {
        Map<String, Boolean> retryInfo = found(VALUE, CONTRACT, m -> m.group(3), m -> m.group(2) != null);
        Map<String, Boolean> waits =
                found(ENTRY, DOCUMENT, m -> m.group(1), m -> m.group(3).equals("wait"));

        assertThat(waits).isEqualTo(retryInfo);
    }

    private static <T> Map<String, T> found(
            Pattern pattern, Path file, Function<Matcher, String> name, Function<Matcher, T> value) throws IOException {
        Map<String, T> found = new LinkedHashMap<>();
        Matcher matcher = pattern.matcher(Files.readString(file));
        while (matcher.find()) {
            assertThat(found.put(name.apply(matcher), value.apply(matcher))).isNull();
        }
        return found;
    }
}
