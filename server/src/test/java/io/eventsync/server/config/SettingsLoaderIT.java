package io.eventsync.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SettingsLoaderIT {
    private static final Setting<Integer> PORT = Setting.integer("server.port", 7300, 0, 65_535, "Port");
    private static final Setting<String> HOST = Setting.text("server.host", "127.0.0.1", "Host");
    private static final Setting<Optional<String>> KEY =
            Setting.optionalText("secret.key", "Key").secret();
    private static final List<Setting<?>> KNOWN = List.of(PORT, HOST, KEY);

    @TempDir
    Path folder;

    @Test
    void yaml_isRead_nestedOrDotted() throws IOException {
        Path file = write("a.yaml", "# ours\nserver:\n  port: 0080\n\nserver.host: a.example\n");

        Settings settings = load(Map.of(), file);

        assertThat(settings.get(PORT)).isEqualTo(80);
        assertThat(settings.origin(PORT)).isEqualTo(file + ":3");
        assertThat(settings.get(HOST)).isEqualTo("a.example");
        assertThat(settings.origin(HOST)).isEqualTo(file + ":5");
    }

    @Test
    void properties_areRead() throws IOException {
        Path file = write("a.properties", "# ours\n\nserver.port = 81\nserver.host: a.example\n");

        Settings settings = load(Map.of(), file);

        assertThat(settings.get(PORT)).isEqualTo(81);
        assertThat(settings.origin(PORT)).isEqualTo(file + ":3");
        assertThat(settings.get(HOST)).isEqualTo("a.example");
    }

    @Test
    void environment_winsOverFile() throws IOException {
        Settings settings = load(Map.of("EVENTSYNC_SERVER_PORT", "2"), write("a.yaml", "server.port: 1"));

        assertThat(settings.get(PORT)).isEqualTo(2);
    }

    @Test
    void emptyFile_isFine() throws IOException {
        assertThat(load(Map.of(), write("a.yaml", "")).get(PORT)).isEqualTo(7300);
        assertThat(load(Map.of(), write("b.yaml", "# nothing yet\n")).get(PORT)).isEqualTo(7300);
        assertThat(load(Map.of(), write("a.properties", "")).get(PORT)).isEqualTo(7300);
    }

    @Test
    void everyProblem_isListedWithItsLine() throws IOException {
        Path file = write("a.yml", "server:\n  prot: 1\n  port: 70000\n  host:\nport: 1\n");

        assertThat(refuse(Map.of(), file))
                .contains("4 problems")
                .contains("server.prot (" + file + ":2): unknown setting; did you mean server.port?")
                .contains("server.port = '70000' (" + file + ":3): expected a whole number from 0 to 65535")
                .contains("server.host (" + file + ":4): has no value")
                .contains("port (" + file + ":5): unknown setting; did you mean server.port?");
    }

    @Test
    void repeatedKey_isRefused() throws IOException {
        assertThat(refuse(Map.of(), write("a.yaml", "server.port: 1\nserver:\n  port: 2\n")))
                .contains("already given by");
        assertThat(refuse(Map.of(), write("a.properties", "server.port=1\nserver.port=2\n")))
                .contains("gives server.port twice");
    }

    @Test
    void otherShapesOfYaml_areRefused() throws IOException {
        assertThat(refuse(Map.of(), write("a.yaml", "server:\n  port: [1, 2]"))).contains("a.yaml:2", "not a list");
        assertThat(refuse(Map.of(), write("a.yaml", "just text"))).contains("'key: value'");
        assertThat(refuse(Map.of(), write("a.yaml", "- server"))).contains("'key: value'");
        assertThat(refuse(Map.of(), write("a.yaml", "server.port: 1\n---\nserver.port: 2")))
                .contains("second YAML");
        assertThat(refuse(Map.of(), write("a.yaml", "[a, b]: 1"))).contains("plain key");
    }

    @Test
    void brokenYaml_isRefused_withoutQuotingIt() throws IOException {
        assertThat(refuse(Map.of(), write("a.yaml", "server:\n\tport: 1"))).contains("a.yaml:2", "not valid YAML");
        assertThat(refuse(Map.of(), write("a.yaml", "secret.key: 'hunter2\n")))
                .contains("not valid YAML")
                .doesNotContain("hunter2");
        assertThat(refuse(Map.of(), write("a.yaml", "a: " + "[".repeat(100_000))))
                .contains("not valid YAML");
    }

    @Test
    @Timeout(10)
    void aliasBomb_isRefused() throws IOException {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9)));
        }

        assertThat(refuse(Map.of(), write("a.yaml", bomb.toString()))).contains("config file");
        assertThat(refuse(Map.of(), write("a.yaml", "a: &a {b: 1}\nserver: *a\n")))
                .contains("aliases");
        assertThat(refuse(Map.of(), write("a.yaml", "server: &s\n  port: 1\n  self: *s\n")))
                .contains("config file");
    }

    @Test
    void unusableFile_isNamed() throws IOException {
        assertThat(refuse(Map.of(), folder.resolve("none.yaml"))).contains("none.yaml): does not exist");
        assertThat(refuse(Map.of(), Files.createDirectory(folder.resolve("f.yaml"))))
                .contains("is a folder");
        assertThat(refuse(Map.of(), write("a.toml", "x"))).contains("must end in .yaml");
        assertThat(refuse(Map.of(), write("big.yaml", "#".repeat(1024 * 1024 + 1))))
                .contains("larger than 1MiB");
        assertThat(refuse(Map.of(), write("a.properties", "a=\\u12"))).contains("malformed");
        Path binary = Files.write(folder.resolve("b.yaml"), new byte[] {(byte) 0xff, 0});
        assertThat(refuse(Map.of(), binary)).contains("not UTF-8");
    }

    @Test
    void unreadableFile_isNamed() throws IOException {
        Path file = write("a.yaml", "server.port: 1");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "root reads everything");

        assertThat(refuse(Map.of(), file)).contains("permission denied");
    }

    @Test
    void secretFile_givesTheValue() throws IOException {
        Path secret = write("key", "hunter2\n");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));

        Settings byEnv = load(Map.of("EVENTSYNC_SECRET_KEY_FILE", secret.toString()), Optional.empty());
        Settings byFile = load(Map.of(), write("a.yaml", "secret.key-file: " + secret));

        assertThat(byEnv.get(KEY)).contains("hunter2");
        assertThat(byEnv.origin(KEY)).isEqualTo("environment variable EVENTSYNC_SECRET_KEY_FILE");
        assertThat(byFile.get(KEY)).contains("hunter2");
    }

    @Test
    void secretFile_isRefused_whenOthersCanReadItOrItIsEmptyOrGone() throws IOException {
        Path open = write("open", "hunter2\n");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
        Path empty = write("empty", "\n");
        Files.setPosixFilePermissions(empty, PosixFilePermissions.fromString("rw-------"));

        assertThat(refuseSecret(open))
                .contains("can be read by group or others", "chmod 600")
                .doesNotContain("hunter2");
        assertThat(refuseSecret(empty)).contains("is empty");
        assertThat(refuseSecret(folder.resolve("gone"))).contains("does not exist");
    }

    @Test
    void fileTwin_isForSecretsOnly() throws IOException {
        assertThat(refuse(Map.of("EVENTSYNC_SERVER_PORT_FILE", "/x"), write("a.yaml", "")))
                .contains("EVENTSYNC_SERVER_PORT_FILE", "unknown setting");
    }

    private String refuseSecret(Path secret) {
        return refuse(Map.of("EVENTSYNC_SECRET_KEY_FILE", secret.toString()), Optional.empty());
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static Settings load(Map<String, String> env, Path file) {
        return load(env, Optional.of(file));
    }

    private static Settings load(Map<String, String> env, Optional<Path> file) {
        return SettingsLoader.load(KNOWN, Map.of(), env, file);
    }

    private static String refuse(Map<String, String> env, Path file) {
        return refuse(env, Optional.of(file));
    }

    private static String refuse(Map<String, String> env, Optional<Path> file) {
        return catchThrowableOfType(ConfigException.class, () -> load(env, file).known())
                .toString();
    }
}
