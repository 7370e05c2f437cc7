package io.eventsync.server.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretKeysIT {
    private static final SecretConfig NO_KEY = new SecretConfig(Optional.empty());
    private static final String KEY = "//////////////////////////////////////////8=";

    @TempDir
    Path home;

    private SecretBox load() {
        return SecretKeys.load(NO_KEY, Optional.of(home)).orElseThrow();
    }

    private Path file() {
        return home.resolve("secrets.key");
    }

    @Test
    void noKey_isAnAnswer_whenTheDatabaseIsTheOperators() {
        assertThat(SecretKeys.load(NO_KEY, Optional.empty())).isEmpty();
    }

    @Test
    void embeddedDatabase_getsAKey_andKeepsIt() throws IOException {
        Files.writeString(home.resolve("secrets.key.new"), "of a start that was cut short");

        byte[] sealed = load().seal(Secret.ofText("abc"), "c");

        assertThat(load().unseal(sealed, "c").secret()).contains(Secret.ofText("abc"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file())).matches("[A-Za-z0-9+/]{43}=\\n");
        try (var files = Files.list(home)) {
            assertThat(files).containsExactly(file());
        }
    }

    @Test
    void keyInTheFile_mayBeRotated() throws IOException {
        byte[] sealed = load().seal(Secret.ofText("abc"), "c");
        Files.writeString(file(), KEY + "," + Files.readString(file()));

        SecretBox rotated = load();

        assertThat(rotated.unseal(sealed, "c").secret()).contains(Secret.ofText("abc"));
        assertThat(rotated.isOfOlderKey(sealed)).isTrue();
    }

    @Test
    void configuredKey_needsNoFile() {
        SecretConfig config = new SecretConfig(Optional.of(KEY));

        assertThat(SecretKeys.load(config, Optional.of(home))).isPresent();
        assertThat(file()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-rw-rw-"})
    void fileThatOthersRead_isRefused(String mode) throws IOException {
        assertThat(load()).isNotNull();
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(mode));

        assertThatThrownBy(this::load)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("secrets.key")
                .hasMessageContaining("chmod 600 " + file());
    }

    @Test
    void fileCutAnywhere_isRefused_andLeftAlone() throws IOException {
        assertThat(load()).isNotNull();
        String whole = Files.readString(file());
        for (int length = 0; length < whole.length() - 2; length++) {
            String cut = whole.substring(0, length);
            Files.writeString(file(), cut);

            assertThatThrownBy(this::load)
                    .as("length %d", length)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("secrets.key");
            assertThat(file()).hasContent(cut);
        }
    }

    @Test
    void folderThatIsNotThere_isNamed() {
        assertThatThrownBy(() -> SecretKeys.load(NO_KEY, Optional.of(home.resolve("absent"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cannot be written")
                .hasMessageContaining("absent");
    }

    @Test
    void danglingLink_isNotWrittenThrough() throws IOException {
        Path elsewhere = home.resolve("elsewhere");
        Files.createSymbolicLink(file(), elsewhere);

        assertThatThrownBy(this::load).isInstanceOf(ConfigException.class);
        assertThat(elsewhere).doesNotExist();
    }
}
