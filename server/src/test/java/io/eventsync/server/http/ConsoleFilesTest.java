package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** The console as files: small, whole, and nothing in it that its Content-Security-Policy would refuse. */
class ConsoleFilesTest {
    private static final Path FOLDER = Path.of("src/main/resources/io/eventsync/server/console");
    private static final int BYTES_MAX = 90 * 1024;
    private static final Pattern IMPORT = Pattern.compile("(?:from|import|import\\()\\s*['\"]([^'\"<>\\s]+)['\"]");

    private static Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(FOLDER)) {
            for (Path file : all.toList()) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        for (String lit : ConsoleFiles.LIT_FILES) {
            String resource = ConsoleFiles.resource("lit/" + lit);
            try (InputStream in = ConsoleFiles.class.getResourceAsStream(resource)) {
                assertThat(in).as(resource).isNotNull();
                files.put("lit/" + lit, in.readAllBytes());
            }
        }
        return files;
    }

    private static int zipped(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.size();
    }

    @Test
    void allScriptsAndStyles_areSmallerThanTheirBudget() throws IOException {
        int total = 0;
        for (Map.Entry<String, byte[]> file : files().entrySet()) {
            if (!file.getKey().endsWith(".svg")) {
                total += zipped(file.getValue());
            }
        }

        assertThat(total).as("bytes with gzip").isBetween(10_000, BYTES_MAX);
    }

    @Test
    void everyImport_isAFileThatIsServed() throws IOException {
        Map<String, byte[]> files = files();
        List<String> missing = new ArrayList<>();
        int imports = 0;
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            if (file.getKey().endsWith(".js")) {
                for (String name : imported(file.getValue())) {
                    Path target =
                            Path.of("/" + file.getKey()).resolveSibling(name).normalize();
                    imports++;
                    if (!name.startsWith(".")
                            || !files.containsKey(target.toString().substring(1))) {
                        missing.add(file.getKey() + " imports " + name);
                    }
                }
            }
        }

        assertThat(missing).isEmpty();
        assertThat(imports).isGreaterThan(50);
    }

    private static List<String> imported(byte[] script) {
        return IMPORT.matcher(new String(script, StandardCharsets.UTF_8))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @Test
    void indexNamesOnlyFilesThatAreServed() throws IOException {
        Map<String, byte[]> files = files();
        String index = new String(files.get("index.html"), StandardCharsets.UTF_8);

        List<String> named = Pattern.compile("(?:src|href)=\"console/([^\"]+)\"")
                .matcher(index)
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(named).hasSizeGreaterThan(5).allMatch(files::containsKey);
    }

    @Test
    void nothingIsInline_andNothingComesFromElsewhere() throws IOException {
        for (Map.Entry<String, byte[]> file : files().entrySet()) {
            if (file.getKey().startsWith("lit/")) {
                continue;
            }
            String text = new String(file.getValue(), StandardCharsets.UTF_8);
            assertThat(text)
                    .as(file.getKey())
                    .doesNotContainPattern("<script(?![^>]* src=)")
                    .doesNotContainPattern("(?<![.\\w])style=")
                    .doesNotContainPattern("\\son[a-z]+=\"")
                    .doesNotContain("eval(", "innerHTML", "unsafeHTML")
                    .doesNotContainPattern("(?:src|href|from|import)[= (]*['\"](?:https?:)?//")
                    .doesNotContainPattern("url\\(");
        }
    }
}
