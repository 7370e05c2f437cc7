package io.eventsync.server;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.v1.Anchor;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestStreamRequest;
import io.eventsync.v1.IngestStreamResponse;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscribeResponse;
import io.eventsync.v1.SyncRequest;
import io.vertx.core.Promise;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that is told to stop says so to everyone, and everyone goes on elsewhere from where they were. */
@Timeout(60)
class DrainIT {
    private static void ingest(TestServer server, String id) {
        done(server.events()
                .ingest(IngestRequest.newBuilder()
                        .setEvent(Event.newBuilder().setId(id).setTag("T"))
                        .build()));
    }

    @Test
    void L6_streamEndsWithDrainingAndACursorToGoOnFrom_whenTheServerStops() {
        try (TestServer staying = TestServer.start()) {
            List<SubscribeResponse> frames = new CopyOnWriteArrayList<>();
            Promise<GrpcStatus> end = Promise.promise();
            try (TestServer leaving = TestServer.start(staying.database(), Map.of())) {
                GrpcClient client = leaving.newClient();
                done(client.request(leaving.address(), EventServiceGrpcClient.Subscribe)
                        .compose(call -> {
                            call.end(SubscribeRequest.newBuilder()
                                    .setStart(Start.newBuilder().setAnchor(Anchor.ANCHOR_BEGINNING))
                                    .build());
                            return call.response();
                        })
                        .map(response -> response.handler(frames::add)
                                .endHandler(v -> end.tryComplete(response.status()))
                                .exceptionHandler(end::tryFail)));
                ingest(leaving, "before");
                await().until(() -> frames.stream().anyMatch(SubscribeResponse::hasBatch));

                leaving.stop();

                assertThat(await(end.future())).isEqualTo(GrpcStatus.UNAVAILABLE);
            }
            SubscribeResponse last = frames.get(frames.size() - 1);
            assertThat(last.hasDraining()).isTrue();
            assertThat(last.getDraining().getRetryAfter().getSeconds()).isEqualTo(1);

            ingest(staying, "after");

            assertThat(await(staying.events()
                                    .sync(SyncRequest.newBuilder()
                                            .setStart(Start.newBuilder().setCursor(last.getCursor()))
                                            .build()))
                            .getEventsList())
                    .extracting(Event::getId)
                    .containsExactly("after");
        }
    }

    @Test
    void L6_producerSessionIsAnsweredAndToldToGo_whenTheServerStops() {
        List<IngestStreamResponse> answers = new CopyOnWriteArrayList<>();
        Promise<GrpcStatus> end = Promise.promise();
        try (TestServer server = TestServer.start()) {
            GrpcClient client = server.newClient();
            done(client.request(server.address(), EventServiceGrpcClient.IngestStream)
                    .compose(call -> {
                        call.write(IngestStreamRequest.newBuilder()
                                .setSequence(1)
                                .addEvents(Event.newBuilder().setId("one").setTag("T"))
                                .build());
                        return call.response();
                    })
                    .map(response -> response.handler(answers::add)
                            .endHandler(v -> end.tryComplete(response.status()))
                            .exceptionHandler(end::tryFail)));
            await().until(() -> answers.stream().anyMatch(IngestStreamResponse::hasAck));

            server.stop();

            assertThat(await(end.future())).isEqualTo(GrpcStatus.UNAVAILABLE);
        }
        assertThat(answers)
                .extracting(IngestStreamResponse::getKindCase)
                .containsExactly(
                        IngestStreamResponse.KindCase.OPENED,
                        IngestStreamResponse.KindCase.ACK,
                        IngestStreamResponse.KindCase.DRAINING);
    }
}
