package io.eventsync.server.event;

import static io.eventsync.server.event.TestNode.event;
import static io.eventsync.server.postgres.TestSql.done;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.postgres.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one node writes, the others see. */
@Timeout(60)
class OtherNodesEventsIT {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        done(vertx.close());
    }

    /** As with {@code database.pool-size} 1: who reads an event may not wait for another connection to ask for its tag. */
    @Test
    void eventWithANewTag_isSeen_overTheOnlyConnection() {
        PgConnectOptions database = TestPostgres.freshDatabase();
        Pool ofOne = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(1))
                .connectingTo(database)
                .using(vertx)
                .build();
        try (TestNode writer = TestNode.open(database, Map.of());
                TestNode reader = TestNode.open(database, Map.of(), pool -> ofOne)) {
            writer.put(event("a", "NEW", "{}"));

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> reader.log().head().position() == 1);
        }
    }
}
