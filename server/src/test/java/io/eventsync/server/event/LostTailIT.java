package io.eventsync.server.event;

import static io.eventsync.server.event.TestNode.DEAF;
import static io.eventsync.server.event.TestNode.event;
import static io.eventsync.server.event.TestNodes.assertRefused;
import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Target;
import io.eventsync.server.TestServer;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.server.tag.TagPrefix;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.ListEventsRequest;
import io.eventsync.v1.ListSubscriptionsRequest;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A failover to a standby that had not received everything: acknowledged events are gone, and their positions are used again. */
@Timeout(60)
class LostTailIT {
    private static final Map<String, String> DEAF_AND_FORGETFUL =
            Map.of("log-poll-interval", "1m", "log-notify-interval", "10s", "log-tail-events-max", "16");

    /** Read by position, and by position and tag. */
    private static final List<EventFilter> FILTERS =
            List.of(EventFilter.ALL, new EventFilter(List.of(new TagPrefix("T")), List.of(), Set.of(), Map.of()));

    /** What a node opens besides those that append and listen. */
    private static final int POOL = 8;

    private final PgConnectOptions database = TestPostgres.freshDatabase();
    private final TestSql sql = new TestSql();
    private final Vertx clients = Vertx.vertx();

    @AfterEach
    void close() {
        done(clients.close());
        sql.close();
    }

    private void loseAfter(long position) {
        sql.execute(
                database,
                "begin; delete from eventsync.event where pos > " + position
                        + "; delete from eventsync.mark where pos > "
                        + position + "; insert into eventsync.mark (pos) values (" + position
                        + ") on conflict do nothing; commit");
    }

    /** Other events stand at the positions after this one, and the log has come to another head. */
    private void rewriteAfter(long position, long head) {
        sql.execute(
                database,
                "begin; delete from eventsync.event where pos > " + position
                        + "; delete from eventsync.mark where pos > "
                        + position + "; insert into eventsync.event (pos, at, tag_id, id, body)"
                        + " select g, e.at, e.tag_id, 'other-' || g, e.body"
                        + " from eventsync.event e, generate_series(" + (position + 1) + ", " + head
                        + ") g where e.pos = " + position + "; insert into eventsync.mark (pos) values (" + head
                        + "); commit");
    }

    @Test
    void R5_R8_idsAndCursorsAreThoseOfTheDatabase_whenItLostItsTail() {
        try (TestNode node = TestNode.open(database, Map.of())) {
            List<LogPoint> points = new ArrayList<>();
            for (int i = 1; i <= 10; i++) {
                points.add(node.append(event("e" + i, "T." + i, "{}")).point());
            }

            loseAfter(5);
            await().until(() -> node.log().head().position() == 5);

            assertThat(node.append(event("e3", "T.3", "{}")).position()).isEqualTo(3);
            assertThat(node.append(event("e8", "T.8", "{}")).position()).isEqualTo(6);
            assertThat(await(node.log().verify(points.get(4)))).isEqualTo(points.get(4));
            assertRefused(() -> await(node.log().verify(points.get(5))), Reason.CURSOR_FOREIGN);
            assertRefused(() -> await(node.log().verify(points.get(9))), Reason.CURSOR_AHEAD);
        }
    }

    @Test
    void R8_nodeStartsOverAgain_whenItsFirstLookFailsAtOnce() {
        AtomicBoolean fails = new AtomicBoolean();
        try (TestNode node = TestNode.open(
                database,
                Map.of(),
                pool -> AnsweringPool.of(
                        pool,
                        ReadStore.HEAD,
                        known -> known.getLong(0) == 0 && fails.getAndSet(false)
                                ? Optional.of(Future.failedFuture("away"))
                                : Optional.empty()))) {
            assertThat(fill(node, 10)).hasSize(10);

            fails.set(true);
            loseAfter(5);

            await().until(() -> node.log().head().position() == 5);
            node.put(event("after", "T", "{}"));

            await().until(() -> node.log().head().position() == 6);
            assertThat(fails).isFalse();
        }
    }

    @Test
    void R8_otherHistoryIsNoticed_whenAnotherNodeHasWrittenPastTheOldHead() {
        try (TestNode node = TestNode.open(database, Map.of())) {
            List<LogPoint> points = new ArrayList<>();
            for (int i = 1; i <= 10; i++) {
                points.add(node.append(event("e" + i, "T", "{}")).point());
            }

            rewriteAfter(5, 12);
            await().until(() -> node.log().head().position() == 12);

            assertRefused(() -> await(node.log().verify(points.get(9))), Reason.CURSOR_FOREIGN);
            assertThat(await(node.log().byPosition(10)).orElseThrow().id()).isEqualTo("other-10");
            assertThat(node.append(event("e8", "T", "{}")).position()).isEqualTo(13);
        }
    }

    /** As a failover leaves it: the connections are gone, and others have filled the lost positions before this node looked. */
    @Test
    void R8_ownAppendRightBehindTheLostTail_doesNotHideTheLoss() {
        try (TestNode node = TestNode.open(database, DEAF)) {
            List<LogPoint> points = fill(node, 10);
            CountDownLatch regressed = regressionOf(node);

            rewriteAfter(5, 10);
            loseAppendConnections();

            assertThat(append(node, "after").position()).isEqualTo(11);
            await().until(() -> regressed.getCount() == 0);
            await().until(() -> node.log().head().position() == 11);
            assertRefused(() -> await(node.log().verify(points.get(9))), Reason.CURSOR_FOREIGN);
            assertThat(await(node.log().byPosition(10)).orElseThrow().id()).isEqualTo("other-10");
        }
    }

    @Test
    void R8_gapBehindTheLostTail_isNotFilledFromTheOtherHistory() {
        try (TestNode node = TestNode.open(database, DEAF)) {
            List<LogPoint> points = fill(node, 10);
            CountDownLatch regressed = regressionOf(node);

            rewriteAfter(5, 12);

            assertThat(append(node, "after").position()).isEqualTo(13);
            await().until(() -> regressed.getCount() == 0);
            assertRefused(() -> await(node.log().verify(points.get(9))), Reason.CURSOR_FOREIGN);
        }
    }

    @Test
    void R8_pageOfAnotherHistory_isRefused_beforeThisNodeHasNoticed() {
        try (TestNode node = TestNode.open(database, DEAF_AND_FORGETFUL)) {
            List<LogPoint> points = fill(node, 60);

            rewriteAfter(10, 60);

            for (EventFilter filter : FILTERS) {
                Reader reader = node.log().reader(filter);
                assertRefused(() -> await(reader.after(points.get(20), 100, 1 << 20)), Reason.CURSOR_FOREIGN);
                assertThat(await(reader.after(points.get(4), 100, 1 << 20)).events())
                        .hasSize(55);
            }
        }
    }

    /** A batch that waits for a gap is of the history it was acknowledged in, which may be lost with the connection. */
    @Test
    void R8_batchThatWaitedForAGap_isNotTakenOverIntoTheOtherHistory() {
        try (TestNode node = TestNode.open(database, DEAF)) {
            LogPoint five = fill(node, 5).get(4);
            List<SqlConnection> held = new ArrayList<>();
            for (int i = 0; i < POOL; i++) {
                held.add(await(node.pool().getConnection()));
            }
            rewriteAfter(5, 7);
            // It cannot read 6 and 7 now.
            assertThat(append(node, "waits").position()).isEqualTo(8);
            assertThat(node.log().head()).isEqualTo(five);

            rewriteAfter(5, 9);
            loseAppendConnections();
            assertThat(append(node, "after").position()).isEqualTo(10);
            held.forEach(connection -> done(connection.close()));

            await().until(() -> node.log().head().position() == 10);
            assertThat(node.log().recent(8)).extracting(LogEvent::id).isEqualTo("other-8");
        }
    }

    /** Else the page would end at the head that this node knows, and what comes there next would never be read. */
    @Test
    void R8_pageDoesNotStepOverWhatTheDatabaseLost() {
        try (TestNode node = TestNode.open(database, DEAF_AND_FORGETFUL)) {
            List<LogPoint> points = fill(node, 60);

            loseAfter(10);

            for (EventFilter filter : FILTERS) {
                Reader reader = node.log().reader(filter);
                assertRefused(() -> await(reader.after(points.get(9), 100, 1 << 20)), Reason.STORE_UNAVAILABLE);
                assertRefused(() -> await(reader.after(points.get(20), 100, 1 << 20)), Reason.STORE_UNAVAILABLE);
            }
        }
    }

    @Test
    void R8_pointThatTheDatabaseLost_isNotTakenForAnyOther() {
        try (TestNode node = TestNode.open(database, DEAF_AND_FORGETFUL)) {
            List<LogPoint> points = fill(node, 60);

            loseAfter(10);

            assertRefused(() -> await(node.log().verify(points.get(20))), Reason.STORE_UNAVAILABLE);
        }
    }

    @Test
    void R8_pageFromMemory_isOfTheCursorsHistory() {
        try (TestNode node = TestNode.open(database, DEAF)) {
            List<LogPoint> points = fill(node, 10);
            Reader reader = node.log().reader(EventFilter.ALL);

            assertThat(await(reader.after(points.get(4), 100, 1 << 20)).events())
                    .hasSize(5);
            assertRefused(() -> await(reader.after(new LogPoint(5, 7), 100, 1 << 20)), Reason.CURSOR_FOREIGN);
        }
    }

    /** It has no tags then: a filtered page would find nothing, and end at the head. And the head has no fingerprint: it would fit any cursor. */
    @Test
    void R8_nodeThatStartsOver_answersNoPage_andTakesNoCursorOfTheOtherHistory() {
        try (TestNode node = TestNode.open(database, Map.of("log-tail-events-max", "16"))) {
            List<LogPoint> points = fill(node, 60);
            Promise<Void> release = Promise.promise();
            Promise<Void> held = Promise.promise();
            Future<Void> lock = sql.begin(
                    database,
                    connection -> connection
                            .query("begin; lock table eventsync.tag in access exclusive mode")
                            .execute()
                            .onComplete(v -> held.complete(), held::fail)
                            .compose(v -> release.future())
                            .compose(v -> connection.query("commit").execute())
                            .mapEmpty());
            done(held.future());

            rewriteAfter(10, 60);
            await().until(() -> node.log().head().fingerprint() == 0);

            Reader reader = node.log().reader(FILTERS.get(1));
            assertRefused(() -> await(reader.after(points.get(4), 100, 1 << 20)), Reason.STORE_UNAVAILABLE);
            assertRefused(() -> await(node.log().verify(points.get(59))), Reason.CURSOR_FOREIGN);

            release.complete();
            done(lock);
            await().until(() -> node.log().head().fingerprint() != 0);
            await().ignoreExceptions()
                    .until(
                            () -> await(reader.after(points.get(4), 100, 1 << 20))
                                    .events()
                                    .size(),
                            size -> size == 55);
        }
    }

    /** What was indexed is found there only, and ids in it are forgotten: a node that goes on believes in what is gone. */
    @Test
    void R8_indexThatWentBack_isALostHistoryToo() {
        try (TestNode node = TestNode.open(database, Map.of())) {
            LogPoint last = fill(node, 10).get(9);
            CountDownLatch regressed = regressionOf(node);

            sql.execute(database, "update eventsync.log set indexed = 65536");
            await().until(() -> await(node.log().info()).indexed() == 65_536);
            sql.execute(database, "update eventsync.log set indexed = 0");

            await().until(() -> regressed.getCount() == 0);
            await().until(() -> node.log().head().equals(last));
            assertThat(append(node, "e3").deduplicated()).isTrue();
        }
    }

    /** The row commits before the first event that has the tag, so it can be lost alone; then its number is given to the next tag. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "delete from eventsync.tag where tag = 'NEW'",
                "update eventsync.tag set tag = 'OTHER' where tag = 'NEW'"
            })
    void R8_eventHasItsOwnTag_whenTheDatabaseLostTheRowOfIt(String loss) {
        try (TestNode node = TestNode.open(database, DEAF)) {
            node.put(event("before", "T", "{}"));
            done(node.log().ensureTags(List.of(event("new", "NEW", "{}"))));

            sql.execute(database, loss);
            loseAppendConnections();
            Appended placed = append(node, event("new", "NEW", "{}"));

            try (TestNode later = TestNode.open(database, Map.of())) {
                assertThat(await(later.log().byPosition(placed.position()))
                                .orElseThrow()
                                .tag())
                        .isEqualTo("NEW");
            }
        }
    }

    private void loseAppendConnections() {
        sql.execute(
                database,
                "select pg_terminate_backend(pid) from pg_stat_activity"
                        + " where application_name = 'eventsync-append' and datname = current_database()");
    }

    private static List<LogPoint> fill(TestNode node, int events) {
        List<LogPoint> points = new ArrayList<>();
        for (int i = 1; i <= events; i++) {
            points.add(node.append(event("e" + i, "T", "{}")).point());
        }
        return points;
    }

    /** Through the time in which the node has no connection. */
    private static Appended append(TestNode node, NewEvent event) {
        return await().ignoreExceptions().until(() -> node.append(event), answer -> true);
    }

    private static Appended append(TestNode node, String id) {
        return append(node, event(id, "T", "{}"));
    }

    private static CountDownLatch regressionOf(TestNode node) {
        CountDownLatch regressed = new CountDownLatch(1);
        node.log().subscribe(node.vertx().getOrCreateContext(), new TailListener() {
            @Override
            public void advanced() {}

            @Override
            public void regressed() {
                regressed.countDown();
            }
        });
        return regressed;
    }

    @Test
    void R8_streamOfASlowClient_endsToo() {
        try (TestServer server = TestServer.start(database, Map.of())) {
            Promise<Void> resume = Promise.promise();
            Promise<GrpcStatus> end = Promise.promise();
            Connection slow = Connection.to(clients, new Target("127.0.0.1", server.port()));
            done(slow.open(EventServiceGrpcClient.Subscribe).compose(call -> {
                Context context = Vertx.currentContext();
                return call.end(SubscribeRequest.newBuilder()
                                .setStart(Start.newBuilder().setAfterPosition(0))
                                .build())
                        .compose(v -> call.response())
                        .map(frames -> {
                            frames.handler(frame -> {}).endHandler(v -> end.tryComplete(frames.status()));
                            frames.pause();
                            resume.future().onComplete(v -> context.runOnContext(w -> frames.resume()));
                            return frames;
                        });
            }));
            String text = "\"" + "x".repeat(200_000) + "\"";
            for (int i = 0; i < 80; i++) {
                done(server.events()
                        .ingest(IngestRequest.newBuilder()
                                .setEvent(Event.newBuilder().setTag("T").setJson(text))
                                .build()));
            }

            await().until(() -> await(server.admin().listSubscriptions(ListSubscriptionsRequest.getDefaultInstance()))
                    .getSubscriptions(0)
                    .getStalled());
            loseAfter(1);

            await().until(() -> await(server.events().listEvents(ListEventsRequest.getDefaultInstance()))
                            .getEventsCount()
                    == 1);
            resume.complete();
            assertThat(await(end.future())).isEqualTo(GrpcStatus.UNAVAILABLE);
        }
    }
}
