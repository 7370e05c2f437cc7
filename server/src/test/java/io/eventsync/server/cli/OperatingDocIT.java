package io.eventsync.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.TestServer;
import io.eventsync.server.logging.LogLevels;
import io.eventsync.server.postgres.TestPostgres;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs the commands of docs/OPERATING.md: those of the server in this JVM, the others in a shell. */
@ExtendWith(ForgetLogging.class)
class OperatingDocIT {
    private static final Path PAGE = Path.of("../docs/OPERATING.md");
    private static final Pattern BLOCK = Pattern.compile("(?s)```sh\\n(.*?)```");
    private static final Pattern REST_OF_SHELL = Pattern.compile(" (>|&&|\\|).*");

    @Test
    void commands_work() throws IOException, InterruptedException {
        List<String> blocks = BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map(block -> block.group(1))
                .toList();

        assertThat(blocks).hasSizeGreaterThan(2);
        try (TestServer server = TestServer.start()) {
            for (String block : blocks) {
                if (block.contains("curl")) {
                    shell(block.replace("localhost:7300", "127.0.0.1:" + server.port()));
                } else {
                    block.lines().filter(line -> line.startsWith("eventsync ")).forEach(OperatingDocIT::command);
                }
            }
        }
        assertThat(LogLevels.set("io.eventsync.server.delivery", null)
                        .map(change -> change.before().equals(change.now())))
                .as("the second command took back the first")
                .hasValue(true);
    }

    private static void command(String line) {
        PgConnectOptions database = TestPostgres.freshTcpDatabase();
        Map<String, String> env = Map.of(
                "EVENTSYNC_DATABASE_URL",
                "postgresql://" + database.getUser() + ":" + database.getPassword() + "@127.0.0.1:" + database.getPort()
                        + "/" + database.getDatabase());
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] words = REST_OF_SHELL
                .matcher(line)
                .replaceFirst("")
                .substring("eventsync ".length())
                .split(" ");

        int code = new Cli(env, new PrintWriter(out, true), new PrintWriter(err, true), ServerCommands::new).run(words);

        // The Postgres of the tests runs without fsync, and the doctor sees it.
        assertThat(code).as(line + "\n" + err).isEqualTo(words[0].equals("doctor") ? ExitCode.UNFIT : ExitCode.OK);
        assertThat(err.toString()).isEmpty();
        assertThat(words[0].equals("doctor") || !out.toString().isBlank())
                .as(line)
                .isTrue();
    }

    private static void shell(String script) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("bash", "-ec", script)
                .redirectErrorStream(true)
                .start();
        shell.getOutputStream().close();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(said).isZero();
        assertThat(said).as(script).contains("LOG_LEVEL_DEBUG").doesNotContain("reason");
    }
}
