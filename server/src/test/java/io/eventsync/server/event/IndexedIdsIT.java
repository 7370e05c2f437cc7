package io.eventsync.server.event;

import static io.eventsync.server.event.TestNode.event;
import static io.eventsync.server.event.TestNodes.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.failure.Reason;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.vertx.pgclient.PgConnectOptions;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids that the index has, and those that a filter in memory says it has not. */
@Timeout(120)
class IndexedIdsIT {
    private static final int BLOCK = Blocks.SIZE;
    private static final Map<String, String> SMALL_PARTITIONS = Map.of("log-partition-events", "65536");

    private static final String BEFORE_V0008 =
            "drop table eventsync.id_block; delete from eventsync.migration where version = 8";

    private final PgConnectOptions database = TestPostgres.freshDatabase();
    private final TestSql sql = new TestSql();

    @AfterEach
    void close() {
        sql.close();
    }

    /** Ids of a producer's own, without a time in them. */
    private static String id(int n) {
        return "order-" + n;
    }

    private static void fill(TestNode node, int from, int to) {
        for (int at = from; at < to; at += 1_000) {
            node.put(IntStream.range(at, Math.min(to, at + 1_000))
                    .mapToObj(n -> event(id(n), "A", "{}"))
                    .toArray(NewEvent[]::new));
        }
    }

    private static void awaitIndexed(TestNode node, long position) {
        await().until(() ->
                node.meters().get("eventsync.log.indexed.position").gauge().value() >= position);
    }

    private static double lookups(TestNode node) {
        return node.meters().get("eventsync.append.id.lookups").counter().count();
    }

    /** Appends new ids until one is not looked up any more; the first of them has the filters filled. */
    private static void awaitFilters(TestNode node) {
        node.put(event("first", "A", "{}"));
        await().until(() -> {
            double before = lookups(node);
            node.put(event(UUID.randomUUID().toString(), "A", "{}"));
            return lookups(node) == before;
        });
    }

    private static void assertKnown(TestNode node, int n, long position) {
        Appended again = node.append(event(id(n), "A", "{}"));
        assertThat(again.position()).as(id(n)).isEqualTo(position);
        assertThat(again.deduplicated()).as(id(n)).isTrue();
    }

    /** Blocks that an older version has indexed have no row of hashes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1",
                "delete from eventsync.id_block",
                "delete from eventsync.id_block where blk = 0",
                BEFORE_V0008
            })
    void R5_idsOfTheIndex_areFound_andNewOnesAreNotLookedUp_afterARestart(String loss) {
        try (TestNode node = TestNode.open(database, SMALL_PARTITIONS)) {
            fill(node, 0, 2 * BLOCK + 1_000);
            awaitIndexed(node, 2 * BLOCK);
        }
        sql.execute(database, loss);
        try (TestNode node = TestNode.open(database, SMALL_PARTITIONS)) {
            awaitFilters(node);
            double before = lookups(node);

            for (int n : new int[] {0, 1, BLOCK - 1, BLOCK, 2 * BLOCK - 1, 2 * BLOCK, 2 * BLOCK + 999}) {
                assertKnown(node, n, n + 1);
            }
            assertRefused(() -> node.append(event(id(7), "A", "{\"other\":1}")), Reason.EVENT_ID_REUSED);
            assertThat(lookups(node)).as("of which the index had").isEqualTo(before + 6);
            fill(node, 3 * BLOCK, 3 * BLOCK + 1_000);
            assertThat(lookups(node)).as("with a thousand new ones").isLessThan(before + 6 + 20);
            fill(node, 4 * BLOCK, 5 * BLOCK);
            awaitIndexed(node, 3 * BLOCK);
            assertKnown(node, 2 * BLOCK + 998, 2 * BLOCK + 999);
            assertThat(node.append(event("first", "A", "{}")).deduplicated()).isTrue();
        }
    }

    @Test
    void R5_idsIndexedWhileTheFiltersAreThere_areFound_whicheverNodeTookThem() {
        try (TestNode node = TestNode.open(database, SMALL_PARTITIONS);
                TestNode other = TestNode.open(database, SMALL_PARTITIONS)) {
            fill(node, 0, BLOCK);
            awaitIndexed(node, BLOCK);
            awaitFilters(node);

            long next = node.append(event(id(BLOCK), "A", "{}")).position();
            fill(other, BLOCK + 1, 2 * BLOCK);
            awaitIndexed(node, 2 * BLOCK);

            assertKnown(node, BLOCK, next);
            for (int n : new int[] {BLOCK + 1, BLOCK + 2, 2 * BLOCK - 1}) {
                assertKnown(node, n, next + n - BLOCK);
            }
        }
    }

    @Test
    void R8_idsOfTheOtherHistory_areFound_afterAFailoverThatLostEvents() throws InterruptedException {
        try (TestNode node = TestNode.open(database, SMALL_PARTITIONS)) {
            fill(node, 0, BLOCK + 10);
            awaitIndexed(node, BLOCK);
            awaitFilters(node);
            CountDownLatch toldOfLoss = new CountDownLatch(1);
            node.log().subscribe(node.vertx().getOrCreateContext(), new TailListener() {
                @Override
                public void advanced() {}

                @Override
                public void regressed() {
                    toldOfLoss.countDown();
                }
            });

            sql.execute(
                    database,
                    "delete from eventsync.id_block; update eventsync.event_key set hash = hashtextextended('theirs', 0) where pos = 77;"
                            + "update eventsync.event set id = case pos when 77 then 'theirs' else 'last' end"
                            + " where pos in (77, (select max(pos) from eventsync.event))");
            toldOfLoss.await();

            Appended again = node.append(event("theirs", "A", "{}"));
            assertThat(again.deduplicated()).isTrue();
            assertThat(again.position()).isEqualTo(77);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "delete from eventsync.id_block; delete from eventsync.event_key where pos = 77",
                "update eventsync.id_block set hashes = substr(hashes, 9)",
                "update eventsync.partition set dropping = true where from_pos = 1"
            })
    void ids_areLookedUp_whileTheIndexLacksSome(String loss) {
        try (TestNode node = TestNode.open(database, SMALL_PARTITIONS)) {
            fill(node, 0, BLOCK);
            awaitIndexed(node, BLOCK);
        }
        sql.execute(database, loss);
        try (TestNode node = TestNode.open(database, SMALL_PARTITIONS)) {
            fill(node, 2 * BLOCK, 2 * BLOCK + 10_000);

            assertThat(lookups(node)).isEqualTo(10_000);
            assertKnown(node, 7, 8);
        }
    }

    @Test
    void R5_filtersAreMadeAnew_whenAFailoverGivesBackWhatRetentionTook() {
        try (TestNode node = TestNode.open(database, SMALL_PARTITIONS)) {
            fill(node, 0, 2 * BLOCK);
            awaitIndexed(node, 2 * BLOCK);
            sql.execute(database, "select eventsync.expire_partition(1)");
            await().until(() -> node.log().earliest() == BLOCK + 1);
            awaitFilters(node);

            sql.execute(
                    database, "update eventsync.partition set dropping = false; update eventsync.log set earliest = 1");
            await().until(() -> node.log().earliest() == 1);

            double before = lookups(node);
            node.put(event("new", "A", "{}"));
            assertThat(lookups(node)).isEqualTo(before + 1);
            assertKnown(node, 7, 8);
        }
    }

    @Test
    void ids_areLookedUp_whereThereIsNoRoomForFilters() {
        try (TestNode node =
                TestNode.open(database, Map.of("log-partition-events", "65536", "log-id-filter-bytes-max", "4MiB"))) {
            fill(node, 0, BLOCK);
            awaitIndexed(node, BLOCK);
            fill(node, 2 * BLOCK, 2 * BLOCK + 10_000);

            assertThat(lookups(node)).isEqualTo(10_000);
            assertThat(node.meters()
                            .get("eventsync.log.id.filter.bytes")
                            .gauge()
                            .value())
                    .isZero();
            assertKnown(node, 7, 8);
        }
    }

    @Test
    void hash_isThatOfThisPostgres() {
        Random random = new Random(7);
        String[] texts = IntStream.range(0, 2_000)
                .mapToObj(n -> random.ints(n % 130, 1, n % 3 == 0 ? 0xD7FF : 127)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString())
                .toArray(String[]::new);
        try (TestNode node = TestNode.open(database, Map.of())) {
            Long[] theirs = TestSql.await(new IdStore(node.pool()).hashOf(node.pool(), texts));

            for (int i = 0; i < texts.length; i++) {
                assertThat(PostgresHash.of(texts[i])).as(texts[i]).isEqualTo(theirs[i]);
            }
        }
    }
}
