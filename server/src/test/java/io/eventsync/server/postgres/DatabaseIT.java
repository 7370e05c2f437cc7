package io.eventsync.server.postgres;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.config.TestSettings;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DatabaseIT {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        done(vertx.close());
    }

    /** Or each of those that nobody waits for any more would hold a connection of Postgres while it waits for a lock. */
    @Test
    void statementsThatAreGivenUpSoon_areGivenUpByPostgresToo() {
        Database database = Database.at(
                TestPostgres.freshDatabase(),
                PostgresConfig.from(TestSettings.load(PostgresConfig.SETTINGS, Map.of())));

        assertThat(statementTimeout(database.promptPool(vertx))).isEqualTo("30s");
        assertThat(statementTimeout(database.pool(vertx))).isEqualTo("0");
    }

    private static String statementTimeout(Pool pool) {
        return await(pool.query("show statement_timeout").execute())
                .iterator()
                .next()
                .getString(0);
    }
}
