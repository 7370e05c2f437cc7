package io.eventsync.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.ServerConfig;
import io.eventsync.server.cli.Finding.Grade;
import io.eventsync.server.config.TestSettings;
import io.eventsync.server.postgres.Database;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the doctor sees of a real database. */
class DoctorIT {
    private final ServerConfig config = ServerConfig.from(TestSettings.load(ServerConfig.SETTINGS, Map.of()));

    private List<Finding> examine(PgConnectOptions options, Clock clock) {
        Vertx vertx = Vertx.vertx();
        try (Database database = Database.at(options, config.postgres())) {
            return TestSql.await(DatabaseChecks.all(vertx, database, config, clock));
        } finally {
            TestSql.await(vertx.close());
        }
    }

    private static Finding of(List<Finding> findings, String subject) {
        return findings.stream()
                .filter(f -> f.subject().equals(subject))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void emptyDatabase_isFit_andATooNewSchemaIsNot() {
        PgConnectOptions options = TestPostgres.emptyDatabase();

        List<Finding> fresh = examine(options, Clock.systemUTC());
        assertThat(of(fresh, "schema").text()).contains("brings it up to date");
        assertThat(of(fresh, "connections").grade()).isEqualTo(Grade.OK);
        assertThat(of(fresh, "clock").grade()).isEqualTo(Grade.OK);

        Vertx vertx = Vertx.vertx();
        try (Database database = Database.at(options, config.postgres());
                TestSql sql = new TestSql()) {
            assertThat(TestSql.await(database.migrate(vertx))).isNotEmpty();
            assertThat(of(examine(options, Clock.systemUTC()), "schema").text()).isEqualTo("that of this server");

            sql.execute(options, "update eventsync.migration set version = 9999 where version = 1");
            Finding newer = of(examine(options, Clock.systemUTC()), "schema");
            assertThat(newer.grade()).isEqualTo(Grade.FAIL);
            assertThat(newer.fix()).isNotEmpty();
        } finally {
            TestSql.await(vertx.close());
        }
    }

    @Test
    void wrongClock_isNoticed() {
        Clock late = Clock.offset(Clock.systemUTC(), Duration.ofHours(-1));

        assertThat(of(examine(TestPostgres.freshDatabase(), late), "clock").grade())
                .isEqualTo(Grade.FAIL);
    }
}
