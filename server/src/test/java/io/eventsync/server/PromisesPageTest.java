package io.eventsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/PROMISES.md names every promise once, and tests that exist; tests named after a promise are named there. docs/TRACK_RECORD.md names
 * tests that exist, too.
 */
class PromisesPageTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| \\*\\*(\\w+)\\*\\* \\| (.*)$");
    private static final Pattern TEST = Pattern.compile("\\[(\\w+(?:IT|Test))\\.(\\w+)]\\(([^)]+)\\)");
    private static final Pattern NAMED_AFTER_A_PROMISE = Pattern.compile("(?i)\\bvoid ((?:[RWLX][1-9]_)+\\w+)\\(");

    private final String page = read(DOCS.resolve("PROMISES.md"));
    private final String record = read(DOCS.resolve("TRACK_RECORD.md"));

    @Test
    void everyPromise_hasARowAndATest() {
        List<String> promises = new ArrayList<>();
        ROW.matcher(page).results().forEach(row -> {
            promises.add(row.group(1));
            assertThat(TEST.matcher(row.group(2)).find()).as(row.group(1)).isTrue();
        });

        assertThat(promises)
                .containsExactlyElementsOf(
                        Stream.of(numbered("R", 8), numbered("W", 6), numbered("L", 9), numbered("X", 7))
                                .flatMap(names -> names)
                                .toList());
    }

    private static Stream<String> numbered(String letter, int last) {
        return IntStream.rangeClosed(1, last).mapToObj(number -> letter + number);
    }

    @Test
    void everyTestOnThePages_exists() {
        List<String> missing = new ArrayList<>();
        Matcher test = TEST.matcher(page + record);
        while (test.find()) {
            Path file = DOCS.resolve(test.group(3)).normalize();
            boolean isThere = Files.exists(file)
                    && file.getFileName().toString().equals(test.group(1) + ".java")
                    && Pattern.compile("@(?:Test|ParameterizedTest|FuzzTest)\\b(?:(?!\\bvoid\\b)[\\s\\S])*\\bvoid "
                                    + test.group(2) + "\\(")
                            .matcher(read(file))
                            .find();
            if (!isThere) {
                missing.add(test.group());
            }
        }

        assertThat(missing).isEmpty();
    }

    @Test
    void everyTestNamedAfterAPromise_isOnThePage() throws IOException {
        List<String> absent = new ArrayList<>();
        for (Path module : List.of(Path.of("."), Path.of("..", "loadtest"), Path.of("..", "client-sdk"))) {
            try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    String name = file.getFileName().toString().replace(".java", "");
                    NAMED_AFTER_A_PROMISE
                            .matcher(read(file))
                            .results()
                            .map(method -> name + "." + method.group(1))
                            .filter(test -> !page.contains("[" + test + "]"))
                            .forEach(absent::add);
                }
            }
        }

        assertThat(absent).isEmpty();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
