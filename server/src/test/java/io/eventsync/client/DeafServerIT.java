package io.eventsync.client;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.Code;
import io.eventsync.server.FaultProxy;
import io.eventsync.server.TestServer;
import io.eventsync.v1.Event;
import io.eventsync.v1.GetServerInfoRequest;
import io.eventsync.v1.IngestRequest;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that take a connection and say nothing on it, from its first byte or from some moment on. */
@Timeout(90)
class DeafServerIT {
    private static final String HOST = "127.0.0.1";
    private static final ReadOptions ALL = ReadOptions.tags("A").fromBeginning();

    private final Vertx vertx = Vertx.vertx();
    private final TestServer server = TestServer.start();
    private final AtomicInteger accepted = new AtomicInteger();

    @AfterEach
    void close() {
        server.close();
        done(vertx.close());
    }

    @Test
    void reader_goesOn_onceThePeerOfANewConnectionSpeaks() {
        int port = listen(1);
        EventSyncClient client =
                EventSyncClient.connect(ClientOptions.to(HOST + ":" + port).deadline(Duration.ofMillis(300)));
        ingest();

        try (SyncLoop pages = client.sync(ALL.untilLevel())) {
            assertThat(await(pages.nextPage()).orElseThrow().events()).hasSize(1);
        }
        assertThat(accepted).hasValueGreaterThan(1);
        done(client.close());
    }

    @Test
    void callOfAStub_fails_ifThePeerNeverSpeaks() {
        EventSyncClient client = EventSyncClient.connect(HOST + ":" + listen(Integer.MAX_VALUE));

        assertThatThrownBy(() -> await(client.admin().getServerInfo(GetServerInfoRequest.getDefaultInstance())))
                .isInstanceOfSatisfying(EventSyncException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
                    assertThat(failure).hasMessageContaining("let nobody open a call");
                });
        done(client.close());
    }

    @Test
    void callOfAStub_isMadeAtTheNextServer_ifOneIsAway() {
        EventSyncClient client =
                EventSyncClient.connect(ClientOptions.to(HOST + ":1", HOST + ":2", HOST + ":" + server.port()));

        for (int i = 0; i < 4; i++) {
            done(client.admin().getServerInfo(GetServerInfoRequest.getDefaultInstance()));
        }
        done(client.close());
    }

    @Test
    void reader_goesOn_ifThePeerIsGoneWithoutAWord() {
        try (FaultProxy network = FaultProxy.to(server.port())) {
            EventSyncClient client =
                    EventSyncClient.connect(ClientOptions.to(network.address()).deadline(Duration.ofMillis(300)));
            try (SyncLoop pages = client.sync(ALL.longPoll(Duration.ofMillis(100)))) {
                ingest();
                assertThat(await(pages.nextPage())).isPresent();

                network.halfOpen();
                ingest();
                assertThat(await(pages.nextPage())).isPresent();
            }
            done(client.close());
        }
    }

    private void ingest() {
        done(server.events()
                .ingest(IngestRequest.newBuilder()
                        .setEvent(Event.newBuilder().setTag("A").setJson("{}"))
                        .build()));
    }

    /** In front of the server, and deaf on so many first connections. */
    private int listen(int deaf) {
        NetServer front = vertx.createNetServer().connectHandler(near -> {
            if (accepted.incrementAndGet() > deaf) {
                near.pause();
                vertx.createNetClient().connect(server.port(), HOST).onSuccess(far -> join(near, far));
            }
        });
        return await(front.listen(0, HOST)).actualPort();
    }

    private static void join(NetSocket near, NetSocket far) {
        near.pipeTo(far).onFailure(cut -> {});
        far.pipeTo(near).onFailure(cut -> {});
        near.resume();
    }
}
