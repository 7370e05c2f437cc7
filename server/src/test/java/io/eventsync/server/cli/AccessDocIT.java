package io.eventsync.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.TestServer;
import io.vertx.core.json.JsonObject;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Types the commands of docs/ACCESS.md; where they start a server, it is asked whether it knows the flags. */
@ExtendWith(ForgetLogging.class)
@Timeout(60)
class AccessDocIT {
    private static final Path PAGE = Path.of("../docs/ACCESS.md");
    private static final Pattern BLOCK = Pattern.compile("(?s)```sh\\n(.*?)```");
    private static final String START = "java -jar server/target/eventsync.jar ";
    private static final String ADMIN = "admin-token-of-this-test-0123456789";

    @TempDir
    Path folder;

    @Test
    void commands_work() throws IOException, InterruptedException {
        List<String> blocks = BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map(block -> block.group(1).strip())
                .toList();
        assertThat(blocks).hasSize(4);
        Files.writeString(Files.createDirectory(folder.resolve(".eventsync")).resolve("admin.token"), ADMIN);
        try (TestServer server = TestServer.start(Map.of("auth-mode", "required", "auth-admin-token", ADMIN))) {
            String token = "";
            for (String block : blocks) {
                if (block.startsWith(START)) {
                    assertFlagsAreKnown(block.substring(START.length()));
                } else {
                    JsonObject answer = new JsonObject(bash(
                            "TOKEN=" + token + "\n" + block.replace("localhost:7300", "127.0.0.1:" + server.port())));
                    assertThat(answer.containsKey("code"))
                            .as("%s\n%s", block, answer)
                            .isFalse();
                    token = answer.getString("secret", token);
                }
            }
            assertThat(token).isNotEmpty();
        }
    }

    private void assertFlagsAreKnown(String flags) throws IOException {
        StringWriter err = new StringWriter();
        for (String file : List.of("cert.pem", "key.pem")) {
            Files.writeString(folder.resolve(file), "not looked into");
        }
        String[] words = ("config print " + flags.replaceAll("(cert|key)(?=[.]pem)", folder + "/$1")).split(" ", -1);
        PrintWriter out = new PrintWriter(new StringWriter());
        int code = new Cli(Map.of(), out, new PrintWriter(err, true), ServerCommands::new).run(words);
        assertThat(code).as(flags + "\n" + err).isEqualTo(ExitCode.OK);
    }

    private String bash(String script) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("bash", "-c", "curl() { command curl -sS \"$@\"; }\n" + script)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        shell.getOutputStream().close();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        shell.waitFor();
        return said;
    }
}
