package io.eventsync.server.secret;

import static io.eventsync.server.config.TestSettings.assertDefaults;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.config.ConfigException;
import io.eventsync.server.config.Settings;
import io.eventsync.server.config.TestSettings;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretConfigTest {
    private static final String A = Base64.getEncoder().encodeToString(new byte[32]);
    private static final String B = "//////////////////////////////////////////8=";

    @Test
    void defaults_areAsDocumented() {
        assertDefaults(SecretConfig.SETTINGS, "secrets.key=");
        assertThat(SecretConfig.from(TestSettings.defaults(SecretConfig.SETTINGS)))
                .isEqualTo(new SecretConfig(Optional.empty()));
        assertThat(SecretConfig.KEY.fileFlag()).contains("secrets-key-file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AAAA",
                "not base64!",
                "////////////////////////////////////////////",
                B + ",",
                "," + B,
                B + ",," + B,
                B + ", " + B,
                B + ",AAAA"
            })
    void badKey_isRefusedByItsName_andNotShown(String keys) {
        assertThatThrownBy(() -> TestSettings.load(SecretConfig.SETTINGS, Map.of("secrets-key", keys)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("secrets.key")
                .hasMessageContaining("base64 of 32 bytes")
                .message()
                .doesNotContain(keys);
        assertThatThrownBy(() -> new SecretConfig(Optional.of(keys)))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain(keys);
    }

    @Test
    void keys_areTakenInTheirOrder_andNotShown() {
        Settings settings = TestSettings.load(SecretConfig.SETTINGS, Map.of("secrets-key", A + "," + B));
        SecretConfig config = SecretConfig.from(settings);

        SecretBox box = SecretKeys.load(config, Optional.empty()).orElseThrow();

        assertThat(box.keyId())
                .isEqualTo(SealingKey.idText(
                        SealingKey.parse(A).map(SealingKey::id).orElseThrow()));
        SecretBox other = SecretKeys.load(new SecretConfig(Optional.of(B)), Optional.empty())
                .orElseThrow();
        assertThat(box.unseal(other.seal(Secret.ofText("x"), "c"), "c").secret())
                .contains(Secret.ofText("x"));
        assertThat(config.toString()).isEqualTo("SecretConfig[key=***]");
        assertThat(settings.show(SecretConfig.KEY)).isEqualTo("***");
    }
}
