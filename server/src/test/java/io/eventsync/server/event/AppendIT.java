package io.eventsync.server.event;

import static io.eventsync.server.event.TestNode.DEAF;
import static io.eventsync.server.event.TestNode.event;
import static io.eventsync.server.event.TestNodes.assertRefused;
import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.f4b6a3.uuid.UuidCreator;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.postgres.TestSql;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an append promises, with two nodes on one database. */
@Timeout(60)
class AppendIT {
    private final TestNodes test = new TestNodes();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void R2_positionsAreDense_whenTwoNodesAppend() {
        TestNode a = test.node();
        TestNode b = test.node();

        List<Future<List<Appended>>> appends = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            appends.add((i % 2 == 0 ? a : b).log().append(List.of(event("e" + i, "T." + i % 7, "{}"))));
        }

        List<Long> positions = appends.stream()
                .map(append -> await(append).get(0).position())
                .sorted()
                .toList();
        assertThat(positions).isEqualTo(LongStream.rangeClosed(1, 2_000).boxed().toList());
        assertThat(test.stored("select position from eventsync.events order by position"))
                .hasSize(2_000);
    }

    @Test
    void R3_ackedBeforeSentHasTheSmallerPosition_acrossNodes() {
        TestNode a = test.node();
        TestNode b = test.node();

        long last = 0;
        long lastMicros = 0;
        for (int i = 0; i < 200; i++) {
            Appended appended = (i % 2 == 0 ? a : b).append(event("e" + i, "T", "{}"));
            assertThat(appended.position()).isGreaterThan(last);
            assertThat(appended.ingestMicros()).isGreaterThanOrEqualTo(lastMicros);
            last = appended.position();
            lastMicros = appended.ingestMicros();
        }
    }

    @Test
    void R5_oneIdMakesOneEvent_whenManyRaceForIt() {
        TestNode a = test.node();
        TestNode b = test.node();

        for (int round = 0; round < 20; round++) {
            String id = "race-" + round;
            List<Future<List<Appended>>> racers = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                TestNode node = i % 2 == 0 ? a : b;
                Promise<List<Appended>> racer = Promise.promise();
                node.vertx()
                        .runOnContext(v -> node.log()
                                .append(List.of(event(id, "T", "{\"n\":1}")))
                                .onComplete(racer));
                racers.add(racer.future());
            }
            List<Appended> answers =
                    racers.stream().map(racer -> await(racer).get(0)).toList();

            assertThat(answers)
                    .extracting(Appended::position)
                    .containsOnly(answers.get(0).position());
            assertThat(answers)
                    .extracting(Appended::ingestMicros)
                    .containsOnly(answers.get(0).ingestMicros());
            assertThat(answers).filteredOn(answer -> !answer.deduplicated()).hasSize(1);
        }
        assertThat(test.stored("select id from eventsync.events")).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void R5_raceOfDifferentBodies_storesOneAndRefusesTheOthers() {
        TestNode a = test.node();
        TestNode b = test.node();

        for (int round = 0; round < 20; round++) {
            List<Future<List<Appended>>> racers = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                racers.add(
                        (i % 2 == 0 ? a : b).log().append(List.of(event("race-" + round, "T", "{\"n\":" + i + "}"))));
            }
            racers.forEach(racer -> done(racer.otherwiseEmpty()));

            assertThat(racers).filteredOn(Future::succeeded).hasSize(1);
            assertThat(racers)
                    .filteredOn(Future::failed)
                    .allSatisfy(refused -> TestNodes.assertReason(refused.cause(), Reason.EVENT_ID_REUSED));
        }
        assertThat(test.stored("select id from eventsync.events")).hasSize(20);
    }

    @Test
    void R5_retryGetsTheFirstAnswer_whenTheIdIsNotIndexedYet() {
        TestNode a = test.node();
        TestNode b = test.node();
        Appended first = a.append(event("one", "T", "{}"));
        a.put(event("two", "T", "{}"));

        for (TestNode node : List.of(a, b, a)) {
            assertSame(node.append(event("one", "T", "{}")), first);
            assertRefused(() -> node.append(event("one", "T", "{\"x\":1}")), Reason.EVENT_ID_REUSED);
            assertRefused(() -> node.append(event("one", "OTHER", "{}")), Reason.EVENT_ID_REUSED);
        }
        assertThat(test.stored("select id from eventsync.events")).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void R5_idOfAnotherNode_isFoundBehindWhatThisNodeHasSeen() {
        TestNode a = test.node(DEAF);
        TestNode deaf = test.node(DEAF);
        Appended first = a.append(event("one", "T", "{}"));
        assertThat(deaf.log().head().position()).isZero();

        assertRefused(() -> deaf.append(event("one", "T", "{\"x\":1}")), Reason.EVENT_ID_REUSED);
        List<Appended> mixed = deaf.append(List.of(event("new", "T", "{}"), event("one", "T", "{}")));

        assertSame(mixed.get(1), first);
        assertThat(mixed.get(0).deduplicated()).isFalse();
        assertThat(mixed.get(0).position()).isEqualTo(2);
    }

    @Test
    void R5_retryGetsTheFirstAnswer_whenTheIdIsIndexed() {
        TestNode a = test.node();
        TestNode deaf = test.node(DEAF);
        long time = System.currentTimeMillis();
        String older = UuidCreator.getTimeOrderedEpoch(java.time.Instant.ofEpochMilli(time - 3_600_000))
                .toString();
        Appended oldest = a.append(event(older, "T", "{}"));
        Appended word = a.append(event("word", "T", "{}"));
        Appended upper = a.append(event(older.toUpperCase(java.util.Locale.ROOT), "T", "{}"));
        a.fill(140_000, "FILL.A", "FILL.B");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> indexed() == 131_072 && a.log().earliest() == 1);
        String unindexed = test.stored("select id from eventsync.events where position = 140003")
                .get(0);
        String newestIndexed = test.stored("select id from eventsync.events where position = 131072")
                .get(0);
        String newer = UuidCreator.getTimeOrderedEpoch().toString();

        for (TestNode node : List.of(a, deaf)) {
            assertSame(node.append(event(older, "T", "{}")), oldest);
            assertSame(node.append(event("word", "T", "{}")), word);
            assertSame(node.append(event(older.toUpperCase(java.util.Locale.ROOT), "T", "{}")), upper);
            assertThat(node.append(event(newestIndexed, tagAt(131_072), "{}")).position())
                    .isEqualTo(131_072);
            assertThat(node.append(event(unindexed, tagAt(140_003), "{}")).position())
                    .isEqualTo(140_003);
            assertRefused(() -> node.append(event("word", "T", "[]")), Reason.EVENT_ID_REUSED);
        }
        Appended made = deaf.append(event(newer, "T", "{}"));
        assertThat(made.deduplicated()).isFalse();
        assertSame(a.append(event(newer, "T", "{}")), made);
        TestNode late = test.node();
        assertSame(late.append(event(newer, "T", "{}")), made);
        assertSame(late.append(event("word", "T", "{}")), word);
        assertThat(test.stored("select count(*) - count(distinct id) from eventsync.event"))
                .containsExactly("0");
    }

    @Test
    void R5_repeatsInsideABatch_areOneEvent() {
        TestNode a = test.node();

        List<Appended> answers = a.append(List.of(event("x", "T", "{}"), event("y", "T", "{}"), event("x", "T", "{}")));

        assertThat(answers).extracting(Appended::position).containsExactly(1L, 2L, 1L);
        assertThat(answers).extracting(Appended::deduplicated).containsExactly(false, false, true);
        assertRefused(() -> a.append(List.of(event("z", "T", "{}"), event("z", "T", "[]"))), Reason.EVENT_ID_REUSED);
        assertThat(test.stored("select id from eventsync.events order by position"))
                .containsExactly("x", "y");
    }

    @Test
    void R5_partlyKnownBatch_storesTheRestContiguously() {
        TestNode a = test.node();
        a.put(event("b", "T", "{}"), event("d", "T", "{}"));

        List<Appended> answers = a.append(Stream.of("a", "b", "c", "d", "e")
                .map(id -> event(id, "T", "{}"))
                .toList());

        assertThat(answers).extracting(Appended::position).containsExactly(3L, 1L, 4L, 2L, 5L);
        assertThat(answers).extracting(Appended::deduplicated).containsExactly(false, true, false, true, false);
    }

    @Test
    void R6_batchWithAReusedId_storesNothing() {
        TestNode a = test.node();
        a.put(event("taken", "T", "{}"));

        assertRefused(
                () -> a.append(List.of(event("n1", "T", "{}"), event("taken", "T", "[]"), event("n2", "T", "{}"))),
                Reason.EVENT_ID_REUSED);

        assertThat(test.stored("select id from eventsync.event")).containsExactly("taken");
    }

    @Test
    void R6_batchIsContiguous_whileOthersWrite() {
        long seed = System.nanoTime();
        System.out.println("AppendIT.R6 seed=" + seed);
        Random random = new Random(seed);
        TestNode a = test.node();
        TestNode b = test.node();

        List<Future<List<Appended>>> batches = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            int batch = i;
            List<NewEvent> events = IntStream.range(0, 1 + random.nextInt(60))
                    .mapToObj(n -> event("b" + batch + "-" + n, "T." + random.nextInt(20), "{}"))
                    .toList();
            batches.add((random.nextBoolean() ? a : b).log().append(events));
        }

        for (Future<List<Appended>> batch : batches) {
            List<Long> positions = await(batch).stream().map(Appended::position).toList();
            assertThat(positions)
                    .isEqualTo(LongStream.range(positions.get(0), positions.get(0) + positions.size())
                            .boxed()
                            .toList());
        }
    }

    @Test
    void R1_ackedEventsAreThereOnce_whenAppendConnectionsAreLostUnderLoad() {
        TestNode a = test.node();
        TestNode b = test.node();
        AtomicBoolean running = new AtomicBoolean(true);
        Map<String, Long> acked = new ConcurrentHashMap<>();
        List<Future<Void>> writers = new ArrayList<>();
        for (int w = 0; w < 8; w++) {
            TestNode node = w % 2 == 0 ? a : b;
            int writer = w;
            Promise<Void> done = Promise.promise();
            node.vertx().runOnContext(v -> write(node, writer, 0, running, acked, done));
            writers.add(done.future());
        }

        for (int kill = 0; kill < 12; kill++) {
            int before = acked.size();
            await().atMost(Duration.ofSeconds(10)).until(() -> acked.size() > before + 200);
            test.execute("""
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where application_name = 'eventsync-append' and datname = current_database()
                    """);
        }
        running.set(false);
        writers.forEach(TestSql::done);

        Set<String> stored = new HashSet<>(test.stored("select position || '=' || id from eventsync.events"));
        acked.forEach((id, position) -> assertThat(stored).contains(position + "=" + id));
        assertThat(test.stored("select count(*) - count(distinct id) from eventsync.event"))
                .containsExactly("0");
        assertThat(test.stored("select max(pos) - count(*) from eventsync.event"))
                .containsExactly("0");
        assertThat(a.append(event("after", "T", "{}")).deduplicated()).isFalse();
    }

    private static void write(
            TestNode node, int writer, int number, AtomicBoolean running, Map<String, Long> acked, Promise<Void> done) {
        if (!running.get()) {
            done.complete();
            return;
        }
        String id = writer + "-" + number;
        node.log()
                .append(List.of(event(id, "T." + writer, "{}")))
                .onComplete(
                        answer -> {
                            acked.put(id, answer.get(0).position());
                            write(node, writer, number + 1, running, acked, done);
                        },
                        refused -> node.vertx().setTimer(5, t -> write(node, writer, number, running, acked, done)));
    }

    private String tagAt(long position) {
        return test.stored("select tag from eventsync.events where position = " + position)
                .get(0);
    }

    private long indexed() {
        return Long.parseLong(test.stored("select indexed from eventsync.log").get(0));
    }

    private static void assertSame(Appended retry, Appended first) {
        assertThat(retry).isEqualTo(new Appended(first.id(), first.position(), first.ingestMicros(), true));
    }
}
