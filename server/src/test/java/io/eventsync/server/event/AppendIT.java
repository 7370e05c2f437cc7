package io.eventsync.server.event;

import static io.eventsync.server.event.TestNode.event;
import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.f4b6a3.uuid.UuidCreator;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an append promises, with two nodes on one database. */
@Timeout(60)
class AppendIT {
    /** A node that learns of the others' events only when it must. */
    private static final Map<String, String> DEAF = Map.of("log-poll-interval", "1m", "log-notify-interval", "10s");

    private final PgConnectOptions database = TestPostgres.freshDatabase();
    private final TestSql sql = new TestSql();
    private final List<TestNode> nodes = new ArrayList<>();

    @AfterEach
    void close() {
        nodes.forEach(TestNode::close);
        sql.close();
    }

    private TestNode node(Map<String, String> flags) {
        TestNode node = TestNode.open(database, flags);
        nodes.add(node);
        return node;
    }

    private TestNode node() {
        return node(Map.of());
    }

    @Test
    void R2_positionsAreDense_whenTwoNodesAppend() {
        TestNode a = node();
        TestNode b = node();

        List<Future<List<Appended>>> appends = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            appends.add((i % 2 == 0 ? a : b).log().append(List.of(event("e" + i, "T." + i % 7, "{}"))));
        }

        List<Long> positions = appends.stream()
                .map(append -> await(append).get(0).position())
                .sorted()
                .toList();
        assertThat(positions).isEqualTo(LongStream.rangeClosed(1, 2_000).boxed().toList());
        assertThat(stored("select position from eventsync.events order by position"))
                .hasSize(2_000);
    }

    @Test
    void R3_ackedBeforeSentHasTheSmallerPosition_acrossNodes() {
        TestNode a = node();
        TestNode b = node();

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
        TestNode a = node();
        TestNode b = node();

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
        assertThat(stored("select id from eventsync.events")).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void R5_raceOfDifferentBodies_storesOneAndRefusesTheOthers() {
        TestNode a = node();
        TestNode b = node();

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
                    .allSatisfy(refused -> assertReason(refused.cause(), Reason.EVENT_ID_REUSED));
        }
        assertThat(stored("select id from eventsync.events")).hasSize(20);
    }

    @Test
    void R5_retryGetsTheFirstAnswer_whenTheIdIsNotIndexedYet() {
        TestNode a = node();
        TestNode b = node();
        Appended first = a.append(event("one", "T", "{}"));
        a.put(event("two", "T", "{}"));

        for (TestNode node : List.of(a, b, a)) {
            assertSame(node.append(event("one", "T", "{}")), first);
            assertRefused(() -> node.append(event("one", "T", "{\"x\":1}")), Reason.EVENT_ID_REUSED);
            assertRefused(() -> node.append(event("one", "OTHER", "{}")), Reason.EVENT_ID_REUSED);
        }
        assertThat(stored("select id from eventsync.events")).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void R5_idOfAnotherNode_isFoundBehindWhatThisNodeHasSeen() {
        TestNode a = node(DEAF);
        TestNode deaf = node(DEAF);
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
        TestNode a = node();
        TestNode deaf = node(DEAF);
        long time = System.currentTimeMillis();
        String older = UuidCreator.getTimeOrderedEpoch(java.time.Instant.ofEpochMilli(time - 3_600_000))
                .toString();
        Appended oldest = a.append(event(older, "T", "{}"));
        Appended word = a.append(event("word", "T", "{}"));
        Appended upper = a.append(event(older.toUpperCase(java.util.Locale.ROOT), "T", "{}"));
        a.fill(140_000, "FILL.A", "FILL.B");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> indexed() == 131_072 && a.log().earliest() == 1);
        String unindexed = stored("select id from eventsync.events where position = 140003")
                .get(0);
        String newestIndexed = stored("select id from eventsync.events where position = 131072")
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
        TestNode late = node();
        assertSame(late.append(event(newer, "T", "{}")), made);
        assertSame(late.append(event("word", "T", "{}")), word);
        assertThat(stored("select count(*) - count(distinct id) from eventsync.event"))
                .containsExactly("0");
    }

    @Test
    void R5_repeatsInsideABatch_areOneEvent() {
        TestNode a = node();

        List<Appended> answers = a.append(List.of(event("x", "T", "{}"), event("y", "T", "{}"), event("x", "T", "{}")));

        assertThat(answers).extracting(Appended::position).containsExactly(1L, 2L, 1L);
        assertThat(answers).extracting(Appended::deduplicated).containsExactly(false, false, true);
        assertRefused(() -> a.append(List.of(event("z", "T", "{}"), event("z", "T", "[]"))), Reason.EVENT_ID_REUSED);
        assertThat(stored("select id from eventsync.events order by position")).containsExactly("x", "y");
    }

    @Test
    void R5_partlyKnownBatch_storesTheRestContiguously() {
        TestNode a = node();
        a.put(event("b", "T", "{}"), event("d", "T", "{}"));

        List<Appended> answers = a.append(Stream.of("a", "b", "c", "d", "e")
                .map(id -> event(id, "T", "{}"))
                .toList());

        assertThat(answers).extracting(Appended::position).containsExactly(3L, 1L, 4L, 2L, 5L);
        assertThat(answers).extracting(Appended::deduplicated).containsExactly(false, true, false, true, false);
    }

    @Test
    void R6_batchWithAReusedId_storesNothing() {
        TestNode a = node();
        a.put(event("taken", "T", "{}"));

        assertRefused(
                () -> a.append(List.of(event("n1", "T", "{}"), event("taken", "T", "[]"), event("n2", "T", "{}"))),
                Reason.EVENT_ID_REUSED);

        assertThat(stored("select id from eventsync.event")).containsExactly("taken");
    }

    @Test
    void R6_batchIsContiguous_whileOthersWrite() {
        long seed = System.nanoTime();
        System.out.println("AppendIT.R6 seed=" + seed);
        Random random = new Random(seed);
        TestNode a = node();
        TestNode b = node();

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
    void session_keepsItsOrder_whenAnEventIsKnown() {
        TestNode a = node();
        a.put(event("known", "T", "{}"));

        for (int i = 0; i < 50; i++) {
            assertInOrder(a, List.of("known", "first" + i), List.of("second" + i), List.of("third" + i));
        }
    }

    @Test
    void session_keepsItsOrder_whenAnotherNodeHasAnIdOfTheSameBatch() {
        TestNode a = node(DEAF);
        TestNode deaf = node(DEAF);
        Object session = new Object();
        a.put(event("x", "T", "{}"), event("y", "T", "{}"));
        deaf.put(event("y", "T", "{}"));
        a.put(event("z", "T", "{}"));

        List<Future<List<Appended>>> appends = new ArrayList<>();
        try (AppendLock lock = AppendLock.hold(sql, database)) {
            done(onContext(deaf, () -> {
                appends.add(deaf.log().append(List.of(event("z", "T", "{}"))));
                appends.add(deaf.log().appendInOrder(List.of(event("first", "T", "{}")), session));
            }));
            lock.awaitWaiting(1);
            done(onContext(deaf, () -> {
                appends.add(deaf.log().appendInOrder(List.of(event("second", "T", "{}")), session));
                // Enough for the second lane to take them while the first one stands.
                IntStream.range(0, 600)
                        .forEach(i -> appends.add(deaf.log().append(List.of(event("f" + i, "T", "{}")))));
            }));
            lock.awaitWaiting(2);
        }

        assertThat(await(appends.get(0)).get(0).deduplicated()).isTrue();
        assertThat(await(appends.get(1)).get(0).position())
                .isLessThan(await(appends.get(2)).get(0).position());
    }

    @Test
    void session_keepsItsOrder_whenAnotherSendsOneOfItsIds() {
        TestNode a = node();

        List<Future<List<Appended>>> appends = new ArrayList<>();
        Object session = new Object();
        try (AppendLock lock = AppendLock.hold(sql, database)) {
            appends.add(a.log().append(List.of(event("shared", "T", "{}"))));
            lock.awaitWaiting(1);
            done(onContext(a, () -> {
                appends.add(a.log().append(List.of(event("w", "T", "{}"))));
                appends.add(a.log().appendInOrder(List.of(event("w", "T", "{}"), event("first", "T", "{}")), session));
                appends.add(a.log().appendInOrder(List.of(event("second", "T", "{}")), session));
            }));
        }

        assertThat(await(appends.get(2)).get(1).position())
                .isLessThan(await(appends.get(3)).get(0).position());
    }

    @Test
    void session_keepsItsOrder_underRandomRepeats() {
        long seed = System.nanoTime();
        System.out.println("AppendIT.session seed=" + seed);
        Random random = new Random(seed);
        TestNode a = node();
        TestNode b = node();

        a.put(event("first", "T", "{}"));
        done(b.log().ensureTags(List.of(event("first", "T", "{}"))));

        List<List<Future<List<Appended>>>> sessions = new ArrayList<>();
        for (int s = 0; s < 8; s++) {
            Object session = new Object();
            TestNode node = s % 2 == 0 ? a : b;
            List<Future<List<Appended>>> appends = new ArrayList<>();
            sessions.add(appends);
            for (int i = 0; i < 300; i++) {
                List<NewEvent> events = new ArrayList<>();
                if (random.nextInt(3) == 0) {
                    events.add(event("shared-" + random.nextInt(50), "T", "{}"));
                }
                events.add(event("own-" + s + "-" + i, "T", "{}"));
                appends.add(node.log().appendInOrder(events, session));
            }
        }

        for (List<Future<List<Appended>>> session : sessions) {
            long last = 0;
            for (Future<List<Appended>> append : session) {
                List<Appended> answers = await(append);
                long own = answers.get(answers.size() - 1).position();
                assertThat(own).isGreaterThan(last);
                last = own;
            }
        }
    }

    @Test
    void L2_fullQueue_shedsAndRecovers() {
        TestNode a = node(Map.of("log-queue-events-max", "10"));
        a.put(event("first", "T", "{}"));

        List<Future<List<Appended>>> taken = new ArrayList<>();
        try (AppendLock lock = AppendLock.hold(sql, database)) {
            for (int i = 0; i < 10; i++) {
                taken.add(a.log().append(List.of(event("e" + i, "T", "{}"))));
            }
            lock.awaitWaiting(1);
            assertThatThrownBy(() -> a.append(event("shed", "T", "{}")))
                    .isInstanceOfSatisfying(Failure.class, failure -> {
                        assertThat(failure.reason()).isEqualTo(Reason.OVERLOADED);
                        assertThat(failure.retryAfter()).isPresent();
                    });
        }

        taken.forEach(TestSql::done);
        assertThat(a.append(event("shed", "T", "{}")).deduplicated()).isFalse();
        assertThat(stored("select id from eventsync.events")).hasSize(12);
    }

    /** A loop that takes in call after call gets to its answers late; what they hold has to be bounded too. */
    @Test
    void L2_whatIsStored_countsAsWaiting_untilItsCallerIsAnswered() {
        TestNode a = node(Map.of("log-queue-events-max", "10"));
        a.put(event("first", "T", "{}"));
        List<Future<List<Appended>>> taken = new CopyOnWriteArrayList<>();
        CountDownLatch isBusy = new CountDownLatch(1);
        Future<String> caller = a.vertx()
                .deployVerticle(
                        () -> new VerticleBase() {
                            @Override
                            public Future<?> start() throws InterruptedException {
                                for (int i = 0; i < 10; i++) {
                                    taken.add(a.log().append(List.of(event("e" + i, "T", "{}"))));
                                }
                                isBusy.await();
                                return Future.succeededFuture();
                            }
                        },
                        new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER));
        await().until(() -> a.log().head().position() == 11);

        assertRefused(() -> a.append(event("shed", "T", "{}")), Reason.OVERLOADED);

        isBusy.countDown();
        done(caller);
        taken.forEach(TestSql::done);
        assertThat(a.append(event("shed", "T", "{}")).deduplicated()).isFalse();
    }

    @Test
    void limit_refusesATagTooMany_andTakesKnownOnes() {
        TestNode a = node(Map.of("log-tags-max", "3"));
        a.put(event("1", "A", "{}"), event("2", "B", "{}"), event("3", "C", "{}"));

        assertRefused(() -> a.append(event("4", "D", "{}")), Reason.LIMIT_REACHED);

        assertThat(a.append(event("4", "C", "{}")).position()).isEqualTo(4);
    }

    @Test
    void R1_ackedEventsAreThereOnce_whenAppendConnectionsAreLostUnderLoad() {
        TestNode a = node();
        TestNode b = node();
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
            sql.execute(database, """
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where application_name = 'eventsync-append' and datname = current_database()
                    """);
        }
        running.set(false);
        writers.forEach(TestSql::done);

        Set<String> stored = new HashSet<>(stored("select position || '=' || id from eventsync.events"));
        acked.forEach((id, position) -> assertThat(stored).contains(position + "=" + id));
        assertThat(stored("select count(*) - count(distinct id) from eventsync.event"))
                .containsExactly("0");
        assertThat(stored("select max(pos) - count(*) from eventsync.event")).containsExactly("0");
        assertThat(a.append(event("after", "T", "{}")).deduplicated()).isFalse();
    }

    @Test
    void L3_appendWithoutAnAnswer_isRefusedInTime() {
        TestNode a = node();
        a.put(event("before", "T", "{}"));

        try (AppendLock lock = AppendLock.hold(sql, database)) {
            Future<List<Appended>> stuck = a.log().append(List.of(event("stuck", "T", "{}")));
            lock.awaitWaiting(1);
            await().atMost(Duration.ofSeconds(15)).until(stuck::isComplete);
            assertReason(stuck.cause(), Reason.STORE_UNAVAILABLE);
        }

        Appended again = await().atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .until(() -> a.append(event("stuck", "T", "{}")), answer -> true);
        assertThat(again.position()).isEqualTo(2);
        assertThat(a.append(event("after", "T", "{}")).position()).isEqualTo(3);
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

    /** Sends the groups of ids on one session at once; the last of each group must come in order. */
    @SafeVarargs
    private static void assertInOrder(TestNode node, List<String>... groups) {
        Object session = new Object();
        List<Future<List<Appended>>> appends = new ArrayList<>();
        for (List<String> ids : groups) {
            appends.add(node.log()
                    .appendInOrder(ids.stream().map(id -> event(id, "T", "{}")).toList(), session));
        }
        List<Long> last = appends.stream()
                .map(TestSql::await)
                .map(answers -> answers.get(answers.size() - 1).position())
                .toList();
        assertThat(last).isSorted();
    }

    private static Future<Void> onContext(TestNode node, Runnable work) {
        Promise<Void> done = Promise.promise();
        node.vertx().runOnContext(v -> {
            work.run();
            done.complete();
        });
        return done.future();
    }

    private String tagAt(long position) {
        return stored("select tag from eventsync.events where position = " + position)
                .get(0);
    }

    private long indexed() {
        return Long.parseLong(stored("select indexed from eventsync.log").get(0));
    }

    private List<String> stored(String query) {
        return sql.query(database, query);
    }

    private static void assertSame(Appended retry, Appended first) {
        assertThat(retry).isEqualTo(new Appended(first.id(), first.position(), first.ingestMicros(), true));
    }

    private static void assertRefused(ThrowingCallable append, Reason reason) {
        assertThatThrownBy(append)
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.reason()).isEqualTo(reason));
    }

    private static void assertReason(Throwable cause, Reason reason) {
        assertThat(cause)
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.reason()).isEqualTo(reason));
    }
}
