package io.eventsync.server;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.SubscribeRequest;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A notification is a hint: without any, a node sees what others wrote by looking. */
@Timeout(60)
class LostNotificationIT {
    @Test
    void R2_subscriberSeesTheOtherNodesEventsWithinASecond_whenNobodyListens() {
        try (TestServer a = TestServer.start();
                TestServer b = TestServer.start(a.database(), Map.of("log-poll-interval", "100ms"))) {
            Map<String, Long> seenNanos = new ConcurrentHashMap<>();
            Map<Boolean, Boolean> live = new ConcurrentHashMap<>();
            done(b.events()
                    .subscribe(SubscribeRequest.getDefaultInstance())
                    .map(frames -> frames.handler(frame -> {
                        if (frame.hasProgress()) {
                            live.put(true, true);
                        }
                        frame.getBatch()
                                .getEventsList()
                                .forEach(event -> seenNanos.put(event.getId(), System.nanoTime()));
                    })));
            await().until(() -> !live.isEmpty());

            for (int i = 0; i < 8; i++) {
                String id = "e" + i;
                a.execute("""
                        select pg_terminate_backend(pid) from pg_stat_activity
                        where application_name = 'eventsync-listen' and datname = current_database()
                        """);
                done(a.events()
                        .ingest(IngestRequest.newBuilder()
                                .setEvent(Event.newBuilder().setId(id).setTag("T"))
                                .build()));
                long acked = System.nanoTime();
                await().pollInterval(Duration.ofMillis(5)).until(() -> seenNanos.containsKey(id));
                assertThat(Duration.ofNanos(seenNanos.getOrDefault(id, Long.MAX_VALUE) - acked))
                        .isLessThan(Duration.ofSeconds(1));
            }
        }
    }

    @Test
    void hintsComeAgain_afterTheConnectionForThemWasForgotten() {
        PgConnectOptions direct = TestPostgres.freshTcpDatabase();
        try (FaultProxy network = FaultProxy.to(direct.getPort());
                TestServer writer = TestServer.start(direct, Map.of());
                TestServer reader = TestServer.start(
                        new PgConnectOptions(direct).setHost("127.0.0.1").setPort(network.port()),
                        Map.of("log-poll-interval", "1m", "database-answer-timeout", "1s"))) {
            AtomicInteger seen = new AtomicInteger();
            done(reader.events()
                    .subscribe(SubscribeRequest.getDefaultInstance())
                    .map(frames -> frames.handler(
                            frame -> seen.addAndGet(frame.getBatch().getEventsCount()))));

            network.forget();

            await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
                done(writer.events()
                        .ingest(IngestRequest.newBuilder()
                                .setEvent(Event.newBuilder().setTag("T"))
                                .build()));
                assertThat(seen).hasPositiveValue();
            });
        }
    }
}
