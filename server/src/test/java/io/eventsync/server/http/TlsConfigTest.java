package io.eventsync.server.http;

import static io.eventsync.server.config.TestSettings.assertDefaults;
import static io.eventsync.server.config.TestSettings.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.config.Settings;
import io.eventsync.server.config.TestSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsConfigTest {
    @TempDir
    Path folder;

    @Test
    void defaults_areAsDocumented() {
        assertDefaults(TlsConfig.SETTINGS, "tls.cert-file=", "tls.key-file=", "tls.client-ca-file=");
        assertThat(TlsConfig.from(TestSettings.defaults(TlsConfig.SETTINGS)).isOn())
                .isFalse();
    }

    @Test
    void filesThatAreNotThere_areRefused() {
        assertRefused(
                TlsConfig.SETTINGS,
                Map.of("tls-cert-file", "/none/cert", "tls-key-file", "/none/key", "tls-client-ca-file", "/none/ca"));
    }

    @Test
    void halfAPair_isAProblem() throws IOException {
        String file = Files.createFile(folder.resolve("some.pem")).toString();

        assertThat(problems("tls-cert-file", file)).containsExactly("tls.key-file");
        assertThat(problems("tls-key-file", file)).containsExactly("tls.cert-file");
        assertThat(problems("tls-client-ca-file", file)).containsExactly("tls.client-ca-file");
    }

    private static java.util.List<String> problems(String flag, String file) {
        Settings settings = TestSettings.load(TlsConfig.SETTINGS, Map.of(flag, file));
        return TlsConfig.from(settings).problems(settings).stream()
                .map(problem -> problem.key().replaceFirst(" =.*", ""))
                .toList();
    }
}
