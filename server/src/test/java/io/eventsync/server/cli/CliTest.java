package io.eventsync.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.eventsync.server.ServerConfig;
import io.eventsync.server.config.Setting;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.postgres.PostgresConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(ForgetLogging.class)
class CliTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> env = new HashMap<>();
    private final RecordedCommands commands = new RecordedCommands();

    @ParameterizedTest
    @ValueSource(
            strings = {"--server-port 1", "serve --server-port 1", "serve --server-port=1", "--server-port 1 serve"})
    void serve_isTheDefault(String line) {
        assertThat(run(line)).isEqualTo(ExitCode.OK);

        assertThat(commands.calls).containsExactly("serve");
        assertThat(commands.served)
                .hasSize(1)
                .allSatisfy(config -> assertThat(config.http().port()).isEqualTo(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"up", "status", "verify"})
    void migrate_dispatches(String subcommand) {
        assertThat(run("--insecure-no-auth migrate " + subcommand + " --database-pool-size 3"))
                .isEqualTo(ExitCode.UNAVAILABLE);

        assertThat(commands.calls).containsExactly("migrate " + subcommand + " 3");
    }

    @Test
    void doctor_looksAtTheSettings() {
        assertThat(run("doctor --server-port 1")).isEqualTo(ExitCode.UNFIT);

        assertThat(commands.calls).containsExactly("doctor 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"errors CURSOR_EXPIRED", "errors cursor-expired"})
    void errors_showsWhatTheDocumentSays(String line) throws IOException {
        assertThat(run(line)).isEqualTo(ExitCode.OK);

        String text = out.toString().strip();
        assertThat(text).startsWith("CURSOR_EXPIRED\n`OUT_OF_RANGE`").contains("**Do:**");
        assertThat(Files.readString(Path.of("../docs/ERRORS.md"))).contains("### " + text);
    }

    @Test
    void errors_listsAllReasons() {
        assertThat(run("errors")).isEqualTo(ExitCode.OK);

        assertThat(out.toString().lines())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Reason.values()).map(Reason::name).toList());
    }

    @Test
    void errors_suggestsWhatWasMeant() {
        assertThat(run("errors CURSOR_EXPIRE")).isEqualTo(ExitCode.USAGE);

        assertThat(err.toString()).contains("did you mean CURSOR_EXPIRED?");
    }

    @Test
    void completion_knowsCommandsFlagsAndReasons() throws IOException, InterruptedException {
        assertThat(run("completion")).isEqualTo(ExitCode.OK);

        assertThat(complete("eventsync doc")).contains("doctor");
        assertThat(complete("eventsync serve --server-po")).contains("--server-port");
        assertThat(complete("eventsync errors CURSOR_EX")).contains("CURSOR_EXPIRED");
    }

    /** What bash offers for the last word. */
    private String complete(String line) throws IOException, InterruptedException {
        String words = line.replace(" ", "' '");
        String script = out + "\nCOMP_WORDS=('" + words + "')\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\nCOMP_LINE='"
                + line + "'\nCOMP_POINT=${#COMP_LINE}\n_complete_eventsync\necho \"OFFERED ${COMPREPLY[@]}\"";
        Process bash = new ProcessBuilder("bash").redirectErrorStream(true).start();
        bash.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
        bash.getOutputStream().close();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).isZero();
        return said.substring(said.indexOf("OFFERED"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--insecure-no-auth", "--insecure-no-auth=true", "--auth-insecure-no-auth serve"})
    void insecureNoAuth_opensOtherAddresses(String flag) {
        assertThat(run("--server-host 0.0.0.0 " + flag)).isEqualTo(ExitCode.OK);
    }

    @Test
    void openAddress_isRefused() {
        assertThat(run("--server-host 0.0.0.0")).isEqualTo(ExitCode.USAGE);

        assertThat(err.toString()).contains("server.host = 0.0.0.0");
        assertThat(commands.calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sevre", "migrate", "config", "migrate down", "--server-port", "serve extra", "--config"})
    void badUsage_isRefused(String line) {
        assertThat(run(line)).isEqualTo(ExitCode.USAGE);

        assertThat(err.toString()).contains("eventsync: ").contains("--help");
        assertThat(commands.calls).isEmpty();
    }

    @Test
    void unknownFlag_isNamedWithoutItsValue() {
        env.put("EVENTSYNC_SERVER_PORT", "70000");

        assertThat(run("--databse-url=postgres://eve:hunter2@db/x --sever-host hunter3 config print"))
                .isEqualTo(ExitCode.USAGE);

        assertThat(err.toString())
                .contains("3 problems", "did you mean --database-url?", "did you mean --server-host?", "70000")
                .doesNotContain("hunter");
    }

    @Test
    void configPrint_hidesSecrets() {
        env.put("EVENTSYNC_DATABASE_URL", "postgres://eve:hunter2@db/x");

        assertThat(run("config print --server-port 1")).isEqualTo(ExitCode.OK);

        assertThat(out.toString())
                .containsPattern("server.port +1 +flag --server-port")
                .containsPattern(
                        "database.url +postgres://eve:\\*\\*\\*@db/x +environment variable EVENTSYNC_DATABASE_URL")
                .containsPattern("server.host +127.0.0.1 +default")
                .doesNotContain("hunter2");
    }

    @Test
    void configPrint_speaksJson() throws IOException {
        assertThat(run("config print -o json")).isEqualTo(ExitCode.OK);

        int rows = 0;
        try (JsonParser json = new JsonFactory().createParser(out.toString())) {
            while (json.nextToken() != null) {
                rows += "key".equals(json.currentName()) && json.currentToken().isScalarValue() ? 1 : 0;
            }
        }
        assertThat(rows).isEqualTo(ServerConfig.SETTINGS.size());
    }

    @Test
    void help_namesEverySetting() {
        assertThat(run("serve --help")).isEqualTo(ExitCode.OK);

        String help = out.toString().replaceAll("\\s+", " ");
        assertThat(ServerConfig.SETTINGS)
                .allSatisfy(setting ->
                        assertThat(help).contains("--" + setting.flag()).contains(setting.env()))
                .allSatisfy(setting -> assertThat(help).contains(setting.description()));
        assertThat(help).contains("default 7300, env EVENTSYNC_SERVER_PORT");
        assertThat(commands.calls).isEmpty();
    }

    @Test
    void version_isTheBuilds() {
        assertThat(run("--version")).isEqualTo(ExitCode.OK);

        assertThat(out.toString()).matches("eventsync \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\\s+");
    }

    @Test
    void missingConfigFile_isRefused() {
        env.put("EVENTSYNC_CONFIG", "no/such.yaml");

        assertThat(run("serve")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("config file (no/such.yaml): does not exist");
    }

    @Test
    void configFlag_winsOverItsVariable() {
        env.put("EVENTSYNC_CONFIG", "no/such.yaml");

        assertThat(run("serve --config other.yaml")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("config file (other.yaml)").doesNotContain("such.yaml");
    }

    @Test
    void logging_isSettledBeforeTheCommandsExist() {
        env.put("EVENTSYNC_LOG_FORMAT", "json");
        String[] seen = new String[1];

        int code = new Cli(env, new PrintWriter(out), new PrintWriter(err), () -> {
                    seen[0] = System.getProperty("logback.configurationFile");
                    return commands;
                })
                .run("serve");

        assertThat(code).isEqualTo(ExitCode.OK);
        assertThat(seen[0]).isEqualTo("logback-json.xml");
    }

    @Test
    void defect_endsWithItsStack() {
        int code = new Cli(env, new PrintWriter(out), new PrintWriter(err, true), () -> {
                    throw new IllegalStateException("broken");
                })
                .run("serve");

        assertThat(code).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("IllegalStateException: broken", "at io.eventsync");
    }

    @Test
    void everySetting_hasADescription() {
        assertThat(ServerConfig.SETTINGS).extracting(Setting::description).noneMatch(String::isBlank);
    }

    private int run(String line) {
        return new Cli(env, new PrintWriter(out, true), new PrintWriter(err, true), () -> commands)
                .run(line.split(" "));
    }

    private static final class RecordedCommands implements Commands {
        private final List<String> calls = new ArrayList<>();
        private final List<ServerConfig> served = new ArrayList<>();

        @Override
        public int serve(ServerConfig config) {
            calls.add("serve");
            served.add(config);
            return ExitCode.OK;
        }

        @Override
        public int doctor(ServerConfig config) {
            calls.add("doctor " + config.http().port());
            return ExitCode.UNFIT;
        }

        @Override
        public int migrateUp(PostgresConfig config) {
            return migrate("up", config);
        }

        @Override
        public int migrateStatus(PostgresConfig config) {
            return migrate("status", config);
        }

        @Override
        public int migrateVerify(PostgresConfig config) {
            return migrate("verify", config);
        }

        private int migrate(String subcommand, PostgresConfig config) {
            calls.add("migrate " + subcommand + " " + config.poolSize());
            return ExitCode.UNAVAILABLE;
        }
    }
}
