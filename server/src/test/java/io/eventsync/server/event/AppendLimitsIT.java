package io.eventsync.server.event;

import static io.eventsync.server.event.TestNode.event;
import static io.eventsync.server.event.TestNodes.assertRefused;
import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.FaultProxy;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an append is refused for, and that it goes on afterwards. */
@Timeout(60)
class AppendLimitsIT {
    private final TestNodes test = new TestNodes();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void L2_fullQueue_shedsAndRecovers() {
        TestNode a = test.node(Map.of("log-queue-events-max", "10"));
        a.put(event("first", "T", "{}"));

        List<Future<List<Appended>>> taken = new ArrayList<>();
        try (AppendLock lock = test.holdAppends()) {
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
        assertThat(test.stored("select id from eventsync.events")).hasSize(12);
    }

    @Test
    void L3_whatWaits_isStored_whenTheConnectionBreaksUnderAnAppend() {
        PgConnectOptions direct = TestPostgres.freshTcpDatabase();
        List<Future<List<Appended>>> waiting = new ArrayList<>();
        try (FaultProxy network = FaultProxy.to(direct.getPort());
                TestSql sql = new TestSql();
                TestNode node = TestNode.open(
                        new PgConnectOptions(direct).setHost("127.0.0.1").setPort(network.port()), Map.of())) {
            node.put(event("first", "T", "{}"));
            Future<List<Appended>> underWay;
            try (AppendLock lock = AppendLock.hold(sql, direct)) {
                underWay = node.log().append(List.of(event("under way", "T", "{}")));
                lock.awaitWaiting(1);
                for (int i = 0; i < 10; i++) {
                    waiting.add(node.log().append(List.of(event("waits" + i, "T", "{}"))));
                }
                network.cut();
                assertThatThrownBy(() -> await(underWay)).isInstanceOf(Failure.class);
            }

            waiting.forEach(TestSql::done);
            assertThat(sql.query(direct, "select count(*) from eventsync.events where id like 'waits%'"))
                    .containsExactly("10");
        }
    }

    /** A loop that takes in call after call gets to its answers late; what they hold has to be bounded too. */
    @Test
    void L2_whatIsStored_countsAsWaiting_untilItsCallerIsAnswered() {
        TestNode a = test.node(Map.of("log-queue-events-max", "10"));
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
        TestNode a = test.node(Map.of("log-tags-max", "3"));
        a.put(event("1", "A", "{}"), event("2", "B", "{}"), event("3", "C", "{}"));

        assertRefused(() -> a.append(event("4", "D", "{}")), Reason.LIMIT_REACHED);

        assertThat(a.append(event("4", "C", "{}")).position()).isEqualTo(4);
    }

    @Test
    void L3_appendWithoutAnAnswer_isRefusedInTime_andGivenUpByPostgresToo() {
        TestNode a = test.node();
        a.put(event("before", "T", "{}"));

        try (AppendLock lock = test.holdAppends()) {
            Future<List<Appended>> stuck = a.log().append(List.of(event("stuck", "T", "{}")));
            lock.awaitWaiting(1);
            await().atMost(Duration.ofSeconds(15)).until(stuck::isComplete);
            TestNodes.assertReason(stuck.cause(), Reason.STORE_UNAVAILABLE);
            lock.awaitWaiting(0);
        }

        Appended again = await().atMost(Duration.ofSeconds(10))
                .ignoreExceptions()
                .until(() -> a.append(event("stuck", "T", "{}")), answer -> true);
        assertThat(again.position()).isEqualTo(2);
        assertThat(a.append(event("after", "T", "{}")).position()).isEqualTo(3);
    }
}
