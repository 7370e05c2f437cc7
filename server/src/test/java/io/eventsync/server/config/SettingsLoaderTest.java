package io.eventsync.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SettingsLoaderTest {
    private static final Setting<Integer> PORT = Setting.integer("server.port", 7300, 0, 65_535, "Port");
    private static final Setting<String> HOST =
            Setting.text("server.host", "127.0.0.1", "Host").alias("host");
    private static final Setting<Optional<String>> KEY =
            Setting.optionalText("secret.key", "Key").secret();
    private static final List<Setting<?>> KNOWN = List.of(PORT, HOST, KEY);

    @Test
    void defaults_apply_whenNothingIsGiven() {
        Settings settings = load(Map.of(), Map.of());

        assertThat(settings.get(PORT)).isEqualTo(7300);
        assertThat(settings.get(KEY)).isEmpty();
        assertThat(settings.origin(PORT)).isEqualTo("default");
    }

    @Test
    void flag_winsOverEnvironment() {
        Settings settings = load(
                Map.of("server-port", "1"), Map.of("EVENTSYNC_SERVER_PORT", "2", "EVENTSYNC_SERVER_HOST", "a.example"));

        assertThat(settings.get(PORT)).isEqualTo(1);
        assertThat(settings.origin(PORT)).isEqualTo("flag --server-port");
        assertThat(settings.get(HOST)).isEqualTo("a.example");
        assertThat(settings.origin(HOST)).isEqualTo("environment variable EVENTSYNC_SERVER_HOST");
    }

    @Test
    void alias_isTheSameSetting() {
        assertThat(load(Map.of("host", "a.example"), Map.of()).get(HOST)).isEqualTo("a.example");
        assertThat(load(Map.of(), Map.of("EVENTSYNC_HOST", "a.example")).get(HOST))
                .isEqualTo("a.example");
        assertThat(refuse(Map.of("host", "a", "server-host", "b"), Map.of())).contains("already given by flag --");
    }

    @Test
    void everyProblem_isListed() {
        String message = refuse(
                Map.of("sever-port", "1", "server-port", "70000"),
                Map.of("EVENTSYNC_SERVER_HOTS", "a", "EVENTSYNC_SERVER_HOST", "", "EVENTSYNC_QUITE_ELSE", "x"));

        assertThat(message)
                .contains("5 problems")
                .contains("--sever-port (flag --sever-port): unknown setting; did you mean --server-port?")
                .contains("server.port = '70000' (flag --server-port): expected a whole number from 0 to 65535")
                .contains("EVENTSYNC_SERVER_HOTS (environment variable EVENTSYNC_SERVER_HOTS): unknown setting; "
                        + "did you mean EVENTSYNC_SERVER_HOST?")
                .contains("server.host (environment variable EVENTSYNC_SERVER_HOST): has no value")
                .contains("EVENTSYNC_QUITE_ELSE (environment variable EVENTSYNC_QUITE_ELSE): unknown setting; 'config");
    }

    @Test
    void secret_isNeverInTheMessage() {
        assertThat(refuse(Map.of("secret-key", "hunter2 "), Map.of()))
                .contains("secret.key (flag --secret-key)")
                .doesNotContain("hunter2");
        assertThat(refuse(Map.of("secret-kye", "hunter2"), Map.of()))
                .contains("did you mean --secret-key?")
                .doesNotContain("hunter2");
    }

    @Test
    void secret_isHidden_whenShown() {
        Settings settings = load(Map.of("secret-key", "hunter2"), Map.of());

        assertThat(settings.get(KEY)).contains("hunter2");
        assertThat(settings.show(KEY)).isEqualTo("***");
    }

    /** A Secret that is made from a file has the line end with which the file ended. */
    @Test
    void lineEndBehindASecret_isNoPartOfIt_inTheEnvironmentAsInItsFile() {
        for (String value : List.of("hunter2", "hunter2\n", "hunter2\r\n")) {
            assertThat(load(Map.of(), Map.of("EVENTSYNC_SECRET_KEY", value)).get(KEY))
                    .contains("hunter2");
        }

        for (String value : List.of("hunter2\n\n", "hunter2 \n", "hunter2\r", "\nhunter2", "hunt\ner2")) {
            assertThat(refuse(Map.of(), Map.of("EVENTSYNC_SECRET_KEY", value))).doesNotContain("hunter2");
        }
        assertThat(refuse(Map.of(), Map.of("EVENTSYNC_SECRET_KEY", "\n"))).contains("has no value");
        assertThat(refuse(Map.of(), Map.of("EVENTSYNC_SERVER_HOST", "a.example\n")))
                .as("no secret")
                .contains("server.host");
        assertThat(refuse(Map.of("secret-key", "hunter2\n"), Map.of()))
                .as("nobody types one into a flag")
                .contains("secret.key");
    }

    @Test
    void dollarSigns_areNotExpanded() {
        String value = "a${HOME}$b\\${c}";

        assertThat(load(Map.of("secret-key", value), Map.of()).get(KEY)).contains(value);
    }

    @Test
    void controlCharacters_areEscaped_inTheMessage() {
        assertThat(refuse(Map.of("server-port", "1\n2026 INFO forged"), Map.of()))
                .contains("'1\\n2026 INFO forged'");
    }

    @Test
    void otherVariables_areIgnored() {
        Settings settings = load(Map.of(), Map.of("PATH", "/bin", "EVENTSYNC_CONFIG", "x.yaml", "EVENTSYNCX", "1"));

        assertThat(settings.get(PORT)).isEqualTo(7300);
    }

    @Test
    void configFileVariable_mustNotBeEmpty() {
        assertThat(refuse(Map.of(), Map.of("EVENTSYNC_CONFIG", ""))).contains("EVENTSYNC_CONFIG");
    }

    @Test
    void serviceLinks_areIgnored() {
        Settings settings = load(
                Map.of(),
                Map.of(
                        "EVENTSYNC_SERVICE_HOST", "10.0.0.1",
                        "EVENTSYNC_SERVICE_PORT", "7300",
                        "EVENTSYNC_SERVICE_PORT_GRPC", "7300",
                        "EVENTSYNC_PORT", "tcp://10.0.0.1:7300",
                        "EVENTSYNC_SERVER_PORT", "tcp://10.0.0.1:7300",
                        "EVENTSYNC_PORT_7300_TCP", "tcp://10.0.0.1:7300",
                        "EVENTSYNC_PORT_7300_TCP_ADDR", "10.0.0.1"));

        assertThat(settings.origin(PORT)).isEqualTo("default");
    }

    @Test
    void sharedName_isRefused() {
        Setting<Integer> twin = Setting.integer("server-port", 1, 1, 2, "Same flag");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> TestSettings.defaults(List.of(PORT, twin)).known())
                .withMessageContaining("--server-port");
    }

    private static Settings load(Map<String, String> flags, Map<String, String> env) {
        return SettingsLoader.load(KNOWN, flags, env, Optional.empty());
    }

    private static String refuse(Map<String, String> flags, Map<String, String> env) {
        return catchThrowableOfType(
                        ConfigException.class, () -> load(flags, env).known())
                .toString();
    }
}
