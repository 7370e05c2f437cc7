package io.eventsync.server.postgres;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.sqlclient.spi.DatabaseMetadata;
import org.junit.jupiter.api.Test;

class SchemaCheckTest {
    @Test
    void requireSupported_namesTheVersion_whenPostgresIsTooOld() {
        assertThatThrownBy(() -> SchemaCheck.requireSupported(new Version("13.20", 13, 20)))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("PostgreSQL 13.20")
                .hasMessageContaining("14 or newer");
        assertThatCode(() -> SchemaCheck.requireSupported(new Version("14.0", 14, 0)))
                .doesNotThrowAnyException();
    }

    private record Version(String fullVersion, int majorVersion, int minorVersion) implements DatabaseMetadata {
        @Override
        public String productName() {
            return "PostgreSQL";
        }
    }
}
