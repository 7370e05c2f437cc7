package io.eventsync.server.event;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.eventsync.client.CursorException;
import io.eventsync.client.EventSyncClient;
import io.eventsync.client.ReadOptions;
import io.eventsync.server.TestServer;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.v1.GetLogInfoRequest;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the Java client says where retention was faster than its reader. */
@Timeout(60)
class ReaderGapIT {
    private static final int PARTITION = 65_536;
    private static final Map<String, String> SMALL_PARTITIONS = Map.of("log-partition-events", "65536");

    @Test
    void reader_isRefused_orToldOfTheGap() {
        PgConnectOptions database = TestPostgres.freshDatabase();
        try (TestServer server = TestServer.start(database, SMALL_PARTITIONS);
                TestNode node = TestNode.open(database, SMALL_PARTITIONS)) {
            node.fill(PARTITION + 100, "A");
            await().until(() -> await(server.admin().getLogInfo(GetLogInfoRequest.getDefaultInstance()))
                            .getHeadPosition()
                    == PARTITION + 100);
            EventSyncClient client = EventSyncClient.connect("127.0.0.1:" + server.port());
            String old;
            try (var pages = client.sync(ReadOptions.all().fromPosition(10).batchMax(1))) {
                old = pages.next().cursor();
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                done(new Retention(new UpkeepStore(node.pool()), Duration.ofNanos(1_000), 0).round());
                return await(server.admin().getLogInfo(GetLogInfoRequest.getDefaultInstance()))
                                .getEarliestPosition()
                        == PARTITION + 1;
            });

            assertThatThrownBy(() -> await(client.subscribe(ReadOptions.all().fromCursor(old))
                            .handler(event -> {})
                            .done()))
                    .isInstanceOfSatisfying(
                            CursorException.class,
                            refused -> assertThat(refused.earliestCursor()).isPresent());

            List<String> told = new CopyOnWriteArrayList<>();
            client.subscribe(ReadOptions.all().fromCursor(old).skipToEarliest())
                    .onGap(gap -> told.add("gap " + gap.getMissedEvents()))
                    .handler(event -> told.add("event " + event.getPosition()));
            await().until(() -> told.size() == 101);
            assertThat(told).startsWith("gap " + (PARTITION - 11), "event " + (PARTITION + 1));
            done(client.close());
        }
    }
}
