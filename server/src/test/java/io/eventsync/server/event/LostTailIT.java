package io.eventsync.server.event;

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
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.ListEventsRequest;
import io.eventsync.v1.ListSubscriptionsRequest;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.pgclient.PgConnectOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A failover to a standby that had not received everything: acknowledged events are gone, and their positions are used again. */
@Timeout(60)
class LostTailIT {
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
    void R8_otherHistoryIsNoticed_whenAnotherNodeHasWrittenPastTheOldHead() {
        try (TestNode node = TestNode.open(database, Map.of())) {
            List<LogPoint> points = new ArrayList<>();
            for (int i = 1; i <= 10; i++) {
                points.add(node.append(event("e" + i, "T", "{}")).point());
            }

            sql.execute(
                    database,
                    "begin; delete from eventsync.event where pos > 5;"
                            + " insert into eventsync.event (pos, at, tag_id, id, body)"
                            + " select g, e.at, e.tag_id, 'other-' || g, e.body"
                            + " from eventsync.event e, generate_series(6, 12) g where e.pos = 5;"
                            + " insert into eventsync.mark (pos) values (12); commit");
            await().until(() -> node.log().head().position() == 12);

            assertRefused(() -> await(node.log().verify(points.get(9))), Reason.CURSOR_FOREIGN);
            assertThat(await(node.log().byPosition(10)).orElseThrow().id()).isEqualTo("other-10");
            assertThat(node.append(event("e8", "T", "{}")).position()).isEqualTo(13);
        }
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
