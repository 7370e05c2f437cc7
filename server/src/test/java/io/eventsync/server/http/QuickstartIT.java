package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.eventsync.server.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Follows docs/QUICKSTART.md in one shell, as a newcomer would, from its second step on: the first starts the server. */
@Timeout(60)
class QuickstartIT {
    private static final Path PAGE = Path.of("../docs/QUICKSTART.md");
    private static final Pattern BLOCK = Pattern.compile("(?s)```(sh|java|json|text)\\n(.*?)```");
    private static final String DONE = "-- done --";

    @TempDir
    Path folder;

    private record Block(String kind, String text) {}

    /** A shell with what it prints, its own and what it started alike. */
    private static final class Shell implements AutoCloseable {
        private final Process process;
        private final BufferedReader out;
        private final Writer in;

        Shell(Path folder) throws IOException {
            process = new ProcessBuilder("bash")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            out = process.inputReader(StandardCharsets.UTF_8);
            in = process.outputWriter(StandardCharsets.UTF_8);
            in.write("PATH='" + Path.of(System.getProperty("java.home"), "bin")
                    + "':$PATH\ntrap 'kill $(jobs -p)' EXIT\n");
        }

        void type(String text) throws IOException {
            in.write(text);
            in.flush();
        }

        /** All it prints up to a line that begins so. */
        String until(String begin) throws IOException {
            StringBuilder said = new StringBuilder();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                said.append(line).append('\n');
                if (line.startsWith(begin)) {
                    return said.toString();
                }
            }
            return fail("no line with " + begin + " in:\n" + said);
        }

        @Override
        public void close() throws IOException {
            in.close();
            process.onExit().join();
        }
    }

    @Test
    void newcomer_getsAVerifiedWebhook() throws IOException {
        List<Block> blocks = BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult block) -> new Block(block.group(1), block.group(2)))
                .toList();
        assertThat(blocks).hasSize(11);
        assertThat(blocks.get(0).text()).contains("git clone", "mvn -q -Pdev");
        assertThat(Files.readString(Path.of("../README.md"))).contains("mvn -q -Pdev");
        int port = free();
        try (TestServer server = TestServer.start();
                Shell shell = new Shell(folder)) {
            String printed = "";
            String last = "";
            for (Block block : blocks.subList(1, blocks.size())) {
                String text = block.text()
                        .replace("localhost:7300", "127.0.0.1:" + server.port())
                        .replace("9000", Integer.toString(port));
                switch (block.kind()) {
                    case "java" -> Files.writeString(folder.resolve("Receiver.java"), text);
                    case "sh" -> {
                        boolean isInBackground = text.endsWith("&\n");
                        last = text + (isInBackground ? "" : "echo; echo '" + DONE + "'\n");
                        shell.type(last);
                        printed = shell.until(isInBackground ? "receiving" : DONE);
                    }
                    default -> {
                        if (text.startsWith("verified")) {
                            printed = printed.contains("verified") ? printed : shell.until("verified");
                        }
                        // An attempt is closed on record a moment after its answer.
                        while (printed.contains("ATTEMPT_OUTCOME_STARTED")) {
                            shell.type(last);
                            printed = shell.until(DONE);
                        }
                        assertThat(settled(printed.replace(DONE, ""))).isEqualTo(settled(text));
                    }
                }
            }
        }
    }

    private static int free() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    /** Without what differs each time, and without the page's line breaks. */
    private static String settled(String text) {
        return text.replaceAll("\\s+", "")
                .replaceAll("\"20[0-9-]+T[0-9:.]+Z\"", "TIME")
                .replaceAll("(?<=\"cursor\":\")[A-Za-z0-9_-]{20,}", "CURSOR");
    }
}
