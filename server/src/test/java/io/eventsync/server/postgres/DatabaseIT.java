package io.eventsync.server.postgres;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.config.TestSettings;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DatabaseIT {
    private final Vertx vertx = Vertx.vertx();
    private final Database database = Database.at(
            TestPostgres.freshDatabase(), PostgresConfig.from(TestSettings.defaults(PostgresConfig.SETTINGS)));

    @AfterEach
    void close() {
        done(vertx.close());
    }

    /** Or each of those that nobody waits for any more would hold a connection of Postgres while it waits for a lock. */
    @Test
    void statementsThatAreGivenUpSoon_areGivenUpByPostgresToo() {
        assertThat(setting(database.promptPool(vertx), "statement_timeout")).isEqualTo("30s");
        assertThat(setting(database.pool(vertx), "statement_timeout")).isEqualTo("0");
    }

    /** A node that vanishes in the middle of one would hold its locks until TCP gives up. */
    @Test
    void transactionsThatStandStill_areEndedByPostgres() {
        for (Pool pool : List.of(database.promptPool(vertx), database.pool(vertx))) {
            assertThat(setting(pool, "idle_in_transaction_session_timeout")).isEqualTo("30s");
        }
    }

    private static String setting(Pool pool, String name) {
        return await(pool.query("show " + name).execute()).iterator().next().getString(0);
    }
}
