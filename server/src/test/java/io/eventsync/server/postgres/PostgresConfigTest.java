package io.eventsync.server.postgres;

import static io.eventsync.server.config.TestSettings.assertDefaults;
import static io.eventsync.server.config.TestSettings.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.config.ConfigException;
import io.eventsync.server.config.Settings;
import io.eventsync.server.config.TestSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresConfigTest {
    @Test
    void defaults_areAsDocumented() {
        assertDefaults(
                PostgresConfig.SETTINGS,
                "database.url=",
                "database.pool-size=8",
                "database.connect-timeout=5s",
                "database.answer-timeout=30s",
                "data.dir=.eventsync",
                "database.shared-buffers=256MiB",
                "database.disk-free-min=256MiB");
        assertThat(PostgresConfig.from(TestSettings.defaults(PostgresConfig.SETTINGS)))
                .hasNoNullFieldsOrProperties();
    }

    @Test
    void badValues_areRefused() {
        assertRefused(
                PostgresConfig.SETTINGS,
                Map.of(
                        "database-url",
                        "mysql://root:hunter2@db/x",
                        "database-pool-size",
                        "0",
                        "database-connect-timeout",
                        "0s",
                        "data-dir",
                        "",
                        "database-shared-buffers",
                        "1",
                        "database-disk-free-min",
                        "much"));
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://eve:hunter2@db:5432/log, postgresql://eve:***@db:5432/log",
        "postgresql://eve@db/log, postgresql://eve@db/log",
        "postgresql://db/log?user=eve&password=hunter2&a=b, postgresql://db/log?user=eve&password=***&a=b",
        "postgresql://db/log?sslpassword=hunter2, postgresql://db/log?sslpassword=***",
    })
    void password_isMasked(String url, String shown) {
        Settings settings = TestSettings.load(PostgresConfig.SETTINGS, Map.of("database-url", url));
        PostgresConfig config = PostgresConfig.from(settings);

        assertThat(config.url()).contains(url);
        assertThat(settings.show(PostgresConfig.URL)).isEqualTo(shown);
        assertThat(config.toString()).contains(shown).doesNotContain("hunter2");
    }

    /** As the driver would, which says so with the URL in full. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://app:hunter2+c/d=@db/x",
                "postgresql://app:hunter2$@db/x",
                "postgres://eve:hunter2@x/@:y@db/log?a=b",
                "postgresql://db:hunter2/x"
            })
    void urlThatTheDriverCannotRead_isRefused_withoutItsPassword(String url) {
        assertThatThrownBy(() -> TestSettings.load(PostgresConfig.SETTINGS, Map.of("database-url", url)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("percent-encoded")
                .hasMessageNotContaining("hunter2");
        assertThat(DatabaseUrl.mask("postgres://eve:hunter2@x/@:y@db/log?a=b"))
                .isEqualTo("postgres://eve:***@db/log?a=b");
    }
}
