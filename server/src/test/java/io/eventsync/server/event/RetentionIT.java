package io.eventsync.server.event;

import static io.eventsync.server.event.TestNode.event;
import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.TestServer;
import io.eventsync.server.config.TestSettings;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.server.tag.TagPrefix;
import io.eventsync.v1.ExpiredPolicy;
import io.eventsync.v1.GetLogInfoRequest;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscribeResponse;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole partitions go from the front, in two steps, and every reader is told. */
@Timeout(60)
class RetentionIT {
    private static final Map<String, String> SMALL_PARTITIONS = Map.of("log-partition-events", "65536");
    private static final int PARTITION = 65_536;

    private final PgConnectOptions database = TestPostgres.freshDatabase();
    private final TestSql sql = new TestSql();

    @AfterEach
    void close() {
        sql.close();
    }

    @Test
    void byAge_wholePartitionsGoFromTheFront() {
        try (TestNode node = filled(2 * PARTITION + 1_000)) {
            sql.execute(database, "update eventsync.event set at = at - 86400000000 where pos <= " + PARTITION);
            Retention first = retention(node, Duration.ofHours(12), 0);

            done(first.round());

            await().until(() -> node.log().earliest() == PARTITION + 1);
            assertThat(total(node)).isEqualTo(PARTITION + 1_000);
            assertThat(count(node, "A")).isEqualTo(count("A"));
            assertThat(tables()).contains("event_1", "event_key_1", "tag_block_1", "id_block_1");
            assertThat(query("select min(position) from eventsync.events")).isEqualTo(Long.toString(PARTITION + 1));

            done(first.round());

            assertThat(tables())
                    .doesNotContain("event_1", "event_key_1", "tag_block_1", "id_block_1")
                    .contains("event_65537");
            assertThat(await(node.log().info()).earliest()).isEqualTo(PARTITION + 1);
        }
    }

    @Test
    void bySize_goesUntilTheRestFits() {
        try (TestNode node = filled(3 * PARTITION + 10)) {
            Retention retention = retention(node, Duration.ZERO, bytes() - 1);

            done(retention.round());

            await().until(() -> node.log().earliest() == PARTITION + 1);
            done(retention.round());
            assertThat(tables()).doesNotContain("event_1").contains("event_65537");
            assertThat(total(node)).isEqualTo(2 * PARTITION + 10);
        }
    }

    @Test
    void headPartition_neverGoes_andPositionsAreNeverUsedAgain() {
        try (TestNode node = filled(2 * PARTITION)) {
            Retention all = retention(node, Duration.ofNanos(1_000), 1);
            for (int round = 0; round < 4; round++) {
                done(all.round());
            }
            await().until(() -> node.log().earliest() == PARTITION + 1);
            assertThat(node.append(event("next", "A", "{}")).position()).isEqualTo(2 * PARTITION + 1);
            done(all.round());
            done(all.round());

            await().until(() -> node.log().earliest() == 2 * PARTITION + 1);
            assertThat(total(node)).isEqualTo(1);
        }
        try (TestNode reopened = TestNode.open(database, SMALL_PARTITIONS)) {
            assertThat(reopened.log().earliest()).isEqualTo(2 * PARTITION + 1);
            assertThat(reopened.append(event("again", "A", "{}")).position()).isEqualTo(2 * PARTITION + 2);
            assertThat(reopened.append(event("next", "A", "{}")).position()).isEqualTo(2 * PARTITION + 1);
        }
    }

    @Test
    void nodeThatSlept_goesOnBehindTheHole_whenRetentionOvertookIt() {
        try (TestNode node = filled(1)) {
            TagDictionary tags = new TagDictionary(new TagStore(node.pool()), 1_000);
            LogConfig config = LogConfig.from(TestSettings.load(LogConfig.SETTINGS, Map.of()));
            ReadStore reads = new ReadStore(node.pool(), tags);
            IdStore ids = new IdStore(node.pool());
            LiveTail asleep = new LiveTail(
                    node.vertx(),
                    config,
                    reads,
                    tags,
                    ids,
                    new RecentIds(),
                    new IndexedIds(node.vertx(), reads, ids, 0));
            done(asleep.open());
            node.fill(2 * PARTITION, "A");
            Retention all = retention(node, Duration.ofNanos(1_000), 0);
            await().until(() -> {
                done(all.round());
                return node.log().earliest() > PARTITION;
            });

            await().until(() -> {
                done(asleep.poll());
                return asleep.position() == 2 * PARTITION + 1;
            });

            assertThat(asleep.earliest()).isGreaterThan(PARTITION);
        }
    }

    @Test
    void twoNodesAtOnce_dropEachPartitionOnce() {
        try (TestNode a = filled(3 * PARTITION + 10);
                TestNode b = TestNode.open(database, SMALL_PARTITIONS)) {
            Retention one = retention(a, Duration.ofNanos(1_000), 0);
            Retention two = retention(b, Duration.ofNanos(1_000), 0);
            for (int round = 0; round < 3; round++) {
                Future<Boolean> first = one.round();
                Future<Boolean> second = two.round();
                a.put(event("while" + round, "A", "{}"));
                done(first.otherwise(false));
                done(second.otherwise(false));
            }
            done(one.round());

            await().until(() -> a.log().earliest() == 3 * PARTITION + 1);
            assertThat(tables()).doesNotContain("event_1", "event_65537", "event_131073");
            assertThat(query("select count(*) from eventsync.partition where dropping"))
                    .isEqualTo("0");
            assertThat(total(a)).isEqualTo(13);
            await().until(() -> total(b) == 13);
        }
    }

    @Test
    void R8_readerInTheExpiredRange_isToldSo() {
        try (TestNode node = filled(PARTITION + 100);
                TestNode other =
                        TestNode.open(database, Map.of("log-tail-events-max", "16", "log-poll-interval", "1m"))) {
            EventFilter some = new EventFilter(List.of(new TagPrefix("A")), List.of(), Set.of(), Map.of());
            LogPoint old = await(node.log().point(500));
            Reader late = other.log().reader(some);
            done(retention(node, Duration.ofNanos(1_000), 0).round());
            await().until(() -> node.log().earliest() == PARTITION + 1);

            assertExpired(node.log().verify(old), 500);
            assertExpired(node.log().point(PARTITION - 1), PARTITION - 1);
            assertThat(await(node.log().point(PARTITION)).position()).isEqualTo(PARTITION);
            // This node has not heard of it, and reads the place itself.
            assertExpired(late.after(old, 100, 1 << 20), 500);
            assertExpired(other.log().reader(EventFilter.ALL).after(old, 100, 1 << 20), 500);
        }
    }

    @Test
    void R8_streamsAndPolls_skipToTheEarliest_orAreRefused() {
        // Mostly this server hears of it when it meets it.
        Map<String, String> flags = new HashMap<>(SMALL_PARTITIONS);
        flags.put("log-poll-interval", "3s");
        try (TestServer server = TestServer.start(database, flags);
                TestNode node = filled(PARTITION + 100)) {
            String cursor = await(server.events()
                            .sync(SyncRequest.newBuilder()
                                    .setStart(Start.newBuilder().setAfterPosition(10))
                                    .setMaxEvents(1)
                                    .build()))
                    .getCursor();
            // Retention must not overtake a server that has not read so far: that ends its streams.
            await().until(() -> await(server.admin().getLogInfo(GetLogInfoRequest.getDefaultInstance()))
                            .getHeadPosition()
                    == PARTITION + 100);
            done(retention(node, Duration.ofNanos(1_000), 0).round());
            for (Start beginning : List.of(
                    Start.getDefaultInstance(),
                    Start.newBuilder().setAfterPosition(0).build())) {
                assertThat(await(server.events()
                                        .sync(SyncRequest.newBuilder()
                                                .setStart(beginning)
                                                .setMaxEvents(1)
                                                .build()))
                                .getEvents(0)
                                .getPosition())
                        .isEqualTo(PARTITION + 1);
            }
            Start start = Start.newBuilder().setCursor(cursor).build();

            SyncResponse page = await(server.events()
                    .sync(SyncRequest.newBuilder()
                            .setStart(start)
                            .setOnExpired(ExpiredPolicy.EXPIRED_POLICY_SKIP_TO_EARLIEST)
                            .build()));
            assertThat(page.getGap().getMissedEvents()).isEqualTo(PARTITION - 11);
            assertThat(page.getEvents(0).getPosition()).isEqualTo(PARTITION + 1);

            Promise<SubscribeResponse> gap = Promise.promise();
            Promise<SubscribeResponse> events = Promise.promise();
            done(server.events()
                    .subscribe(SubscribeRequest.newBuilder()
                            .setStart(start)
                            .setOnExpired(ExpiredPolicy.EXPIRED_POLICY_SKIP_TO_EARLIEST)
                            .build())
                    .map(stream -> stream.handler(frame -> {
                        if (frame.hasGap()) {
                            gap.tryComplete(frame);
                        } else if (frame.hasBatch()) {
                            events.tryComplete(frame);
                        }
                    })));
            assertThat(await(gap.future()).getGap().getMissedEvents()).isEqualTo(PARTITION - 11);
            assertThat(await(events.future()).getBatch().getEvents(0).getPosition())
                    .isEqualTo(PARTITION + 1);

            assertThatThrownBy(() -> await(server.events()
                            .sync(SyncRequest.newBuilder().setStart(start).build())))
                    .hasMessageContaining("OUT_OF_RANGE");
        }
    }

    private TestNode filled(int events) {
        TestNode node = TestNode.open(database, SMALL_PARTITIONS);
        node.fill(events, "A", "B", "C");
        long blocks = (long) events / PARTITION * PARTITION;
        await().atMost(Duration.ofSeconds(30))
                .until(() -> query("select indexed from eventsync.log").equals(Long.toString(blocks)));
        return node;
    }

    private static Retention retention(TestNode node, Duration age, long bytes) {
        return new Retention(new UpkeepStore(node.pool()), age, bytes);
    }

    /** The age of what is older than this. */
    private static void assertExpired(Future<?> read, long after) {
        assertThatThrownBy(() -> await(read)).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.CURSOR_EXPIRED);
            assertThat(failure.metadata())
                    .containsEntry("earliest_position", Long.toString(PARTITION + 1))
                    .containsEntry("missed_events", Long.toString(PARTITION - after));
        });
    }

    private static long total(TestNode node) {
        return await(node.log().tagCounts()).stream()
                .mapToLong(TagCount::events)
                .sum();
    }

    private static long count(TestNode node, String tag) {
        return await(node.log().tagCounts()).stream()
                .filter(count -> count.tag().equals(tag))
                .mapToLong(TagCount::events)
                .sum();
    }

    private long count(String tag) {
        return Long.parseLong(query("select count(*) from eventsync.events where tag = '" + tag + "'"));
    }

    private long bytes() {
        return Long.parseLong(query("""
                select sum(pg_total_relation_size(c.oid)) from pg_class c
                where c.relnamespace = 'eventsync'::regnamespace and c.relkind = 'r'
                  and c.relname ~ '^(event|event_key|tag_block|id_block)_[0-9]+$'
                """));
    }

    private List<String> tables() {
        return sql.query(database, """
                select c.relname from pg_class c
                where c.relnamespace = 'eventsync'::regnamespace and c.relkind = 'r' and c.relname ~ '_[0-9]+$'
                """);
    }

    private String query(String text) {
        return sql.query(database, text).get(0);
    }
}
