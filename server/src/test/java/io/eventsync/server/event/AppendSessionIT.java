package io.eventsync.server.event;

import static io.eventsync.server.event.TestNode.DEAF;
import static io.eventsync.server.event.TestNode.event;
import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.postgres.TestSql;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One session's events keep their order, whatever else has their ids. */
@Timeout(60)
class AppendSessionIT {
    private final TestNodes test = new TestNodes();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void session_keepsItsOrder_whenAnEventIsKnown() {
        TestNode a = test.node();
        a.put(event("known", "T", "{}"));

        for (int i = 0; i < 50; i++) {
            assertInOrder(a, List.of("known", "first" + i), List.of("second" + i), List.of("third" + i));
        }
    }

    @Test
    void session_keepsItsOrder_whenAnotherNodeHasAnIdOfTheSameBatch() {
        TestNode a = test.node(DEAF);
        TestNode deaf = test.node(DEAF);
        Object session = new Object();
        a.put(event("x", "T", "{}"), event("y", "T", "{}"));
        deaf.put(event("y", "T", "{}"));
        a.put(event("z", "T", "{}"));

        List<Future<List<Appended>>> appends = new ArrayList<>();
        try (AppendLock lock = test.holdAppends()) {
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
        TestNode a = test.node();

        List<Future<List<Appended>>> appends = new ArrayList<>();
        Object session = new Object();
        try (AppendLock lock = test.holdAppends()) {
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
    void session_keepsItsOrder_whenALookUpIsAnsweredAtOnce() {
        TestNode node = test.nodeOfPromptLookUps(Map.of());
        node.put(event("known", "T", "{}"));

        assertInOrderThoughOneIs("known", node);
    }

    @Test
    void session_keepsItsOrder_whenALookUpForAnotherNodesEventIsAnsweredAtOnce() {
        TestNode other = test.node(DEAF);
        TestNode node = test.nodeOfPromptLookUps(DEAF);
        other.put(event("before", "T", "{}"));
        node.put(event("before", "T", "{}"));
        other.put(event("known", "T", "{}"));

        assertInOrderThoughOneIs("known", node);
    }

    private void assertInOrderThoughOneIs(String known, TestNode node) {
        List<Future<List<Appended>>> appends = new ArrayList<>();
        Object session = new Object();
        try (AppendLock lock = test.holdAppends()) {
            Future<List<Appended>> before = node.log().append(List.of(event("before these", "T", "{}")));
            lock.awaitWaiting(1);
            // They are queued together when it is done.
            done(onContext(node, () -> {
                appends.add(node.log().appendInOrder(List.of(event("first", "T", "{}")), session));
                appends.add(node.log()
                        .appendInOrder(List.of(event(known, "T", "{}"), event("second", "T", "{}")), session));
                appends.add(node.log().appendInOrder(List.of(event("third", "T", "{}")), session));
            }));
            assertThat(before.isComplete()).isFalse();
        }
        assertThat(appends.stream().map(TestSql::await).map(AppendSessionIT::lastPosition))
                .isSorted();
    }

    @Test
    void session_keepsItsOrder_underRandomRepeats() {
        long seed = System.nanoTime();
        System.out.println("AppendIT.session seed=" + seed);
        Random random = new Random(seed);
        TestNode a = test.node();
        TestNode b = test.node();

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

    /** Sends the groups of ids on one session at once; the last of each group must come in order. */
    @SafeVarargs
    private static void assertInOrder(TestNode node, List<String>... groups) {
        Object session = new Object();
        List<Future<List<Appended>>> appends = new ArrayList<>();
        for (List<String> ids : groups) {
            appends.add(node.log()
                    .appendInOrder(ids.stream().map(id -> event(id, "T", "{}")).toList(), session));
        }
        assertThat(appends.stream().map(TestSql::await).map(AppendSessionIT::lastPosition))
                .isSorted();
    }

    private static long lastPosition(List<Appended> answers) {
        return answers.get(answers.size() - 1).position();
    }

    private static Future<Void> onContext(TestNode node, Runnable work) {
        Promise<Void> done = Promise.promise();
        node.vertx().runOnContext(v -> {
            work.run();
            done.complete();
        });
        return done.future();
    }
}
