package io.eventsync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.Code;
import io.eventsync.server.TestServer;
import io.eventsync.v1.Event;
import io.eventsync.v1.GetEventRequest;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.Reason;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class ClientIT {
    @Test
    void stub_answers() {
        try (TestServer server = TestServer.start()) {
            EventSyncClient client = EventSyncClient.connect("127.0.0.1:" + server.port());

            long position = await(client.events().ingest(event("ORDER.PAID")))
                    .getResult()
                    .getPosition();

            assertThat(position).isEqualTo(1);
            await(client.close());
        }
    }

    @Test
    void stub_failsWithReasonAndField() {
        try (TestServer server = TestServer.start()) {
            EventSyncClient client = EventSyncClient.connect("127.0.0.1:" + server.port());

            EventSyncException failure = failure(client.events().ingest(event("not a tag")));

            assertThat(failure.reason()).isEqualTo(Reason.REASON_FIELD_INVALID);
            assertThat(failure.fields())
                    .extracting(EventSyncException.FieldError::field)
                    .containsExactly("event.tag");
            assertThat(failure.isRetryable()).isFalse();
            assertThat(failure(client.events()
                                    .getEvent(GetEventRequest.newBuilder()
                                            .setId("none")
                                            .build()))
                            .reason())
                    .isEqualTo(Reason.REASON_RESOURCE_NOT_FOUND);
            await(client.close());
        }
    }

    @Test
    void stub_failsWithCursorException_onAForeignCursor() {
        try (TestServer server = TestServer.start()) {
            EventSyncClient client = EventSyncClient.connect("127.0.0.1:" + server.port());
            SyncRequest request = SyncRequest.newBuilder()
                    .setStart(Start.newBuilder().setCursor("nonsense"))
                    .build();

            assertThat(failure(client.events().sync(request))).isInstanceOf(CursorException.class);
            await(client.close());
        }
    }

    /** One of the two does not listen: every call finds the other. */
    @Test
    void calls_passOverAServerThatIsAway() throws Exception {
        int nobody;
        try (ServerSocket closed = new ServerSocket(0)) {
            nobody = closed.getLocalPort();
        }
        try (TestServer server = TestServer.start()) {
            EventSyncClient client = EventSyncClient.connect("127.0.0.1:" + nobody, "127.0.0.1:" + server.port());

            for (int call = 1; call <= 4; call++) {
                assertThat(await(client.events().ingest(event("ORDER.PAID")))
                                .getResult()
                                .getPosition())
                        .isEqualTo(call);
            }
            await(client.close());
        }
    }

    @Test
    void closedClient_failsCalls_andDoesNotTryAgain() {
        Vertx vertx = Vertx.vertx();
        EventSyncClient client =
                EventSyncClient.connect(ClientOptions.to("127.0.0.1:1").vertx(vertx));
        await(client.close());

        assertThat(failure(client.events().ingest(event("ORDER.PAID"))).code()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(failure(client.sync(ReadOptions.tags("ORDER")).nextPage())).hasMessageContaining("closed");
        await(vertx.close());
    }

    private static IngestRequest event(String tag) {
        return IngestRequest.newBuilder()
                .setEvent(Event.newBuilder().setTag(tag))
                .build();
    }

    private static EventSyncException failure(Future<?> call) {
        return catchThrowableOfType(EventSyncException.class, () -> await(call));
    }

    private static <T> T await(Future<T> future) {
        return TestServer.await(future);
    }
}
