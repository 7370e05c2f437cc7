package io.eventsync.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The Java of docs/SDK.md is that of tests beside this one, which run it: what stands there between {@code // example: name} and {@code // end}. */
class SdkPageTest {
    private static final Path PAGE = Path.of("..", "docs", "SDK.md");
    private static final Path TESTS = Path.of("src", "test", "java", "io", "eventsync", "client");
    private static final Pattern CODE = Pattern.compile("(?ms)^ *// example: ([\\w-]+)\\n(.*?)^ *// end$");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^<!-- example: ([\\w-]+) -->\\n```java\\n(.*?)^```$");

    @Test
    void page_hasTheExamplesOfTheTests() throws IOException {
        Map<String, String> shown = examples(List.of(PAGE), BLOCK);
        Map<String, String> run;
        try (Stream<Path> files = Files.walk(TESTS)) {
            run = examples(files.filter(Files::isRegularFile).toList(), CODE);
        }

        assertThat(shown).isNotEmpty().isEqualTo(run);
        assertThat(Files.readString(PAGE).split("```java")).hasSize(shown.size() + 1);
    }

    private static Map<String, String> examples(List<Path> files, Pattern pattern) throws IOException {
        Map<String, String> found = new TreeMap<>();
        List<String> twice = new ArrayList<>();
        for (Path file : files) {
            for (MatchResult example :
                    pattern.matcher(Files.readString(file)).results().toList()) {
                if (found.put(example.group(1), example.group(2).stripTrailing().stripIndent()) != null) {
                    twice.add(example.group(1));
                }
            }
        }
        assertThat(twice).isEmpty();
        return found;
    }
}
