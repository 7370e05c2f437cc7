package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eventsync.server.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Runs the commands of docs/HTTP.md, one after the other, and compares what they print with what the page says they do. */
class HttpDocIT {
    private static final Path PAGE = Path.of("../docs/HTTP.md");
    private static final Pattern BLOCK = Pattern.compile("(?s)```sh\\n(.*?)```\\n(?:```(?:json|text)\\n(.*?)```)?");

    @Test
    void commands_printWhatThePageSays() throws Exception {
        assumeTrue(has("curl"), "needs curl");
        int run = 0;
        try (TestServer server = TestServer.start()) {
            Matcher block = BLOCK.matcher(Files.readString(PAGE));
            while (block.find()) {
                String printed = run(block.group(1).replace("localhost:7300", "localhost:" + server.port()));
                if (block.group(2) != null) {
                    assertThat(settled(printed)).as(block.group(1)).isEqualTo(settled(block.group(2)));
                }
                run++;
            }
        }
        assertThat(run).isGreaterThan(5);
    }

    /** Without what differs each time, and without the page's line breaks. */
    private static String settled(String text) {
        return text.replaceAll("\\s+", "")
                .replaceAll("\"20[0-9-]+T[0-9:.]+Z\"", "TIME")
                .replaceAll("(?<=\"cursor\":\"|id:)[A-Za-z0-9_-]{20,}", "CURSOR")
                .replaceAll("\"[0-9a-f]{8}-[0-9a-f-]{27}\"", "UUID");
    }

    private static boolean has(String command) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", "command -v " + command).start().waitFor() == 0;
    }

    private static String run(String script) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("curl", ".err");
        Process shell = new ProcessBuilder("bash", "-c", script)
                .redirectError(errors.toFile())
                .start();
        shell.getOutputStream().close();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(errors)
                        .replaceAll("(?m)^curl: \\(28\\).*$", "")
                        .strip())
                .as(script)
                .isEmpty();
        Files.delete(errors);
        return printed;
    }
}
