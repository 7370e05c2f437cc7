package io.eventsync.server;

import static io.eventsync.server.RawHttp2.framed;
import static io.eventsync.server.RawHttp2.grpc;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.rpc.RetryInfo;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More than can be stored: what does not fit is refused at once, with a time to come back; nothing that was taken is lost. */
@Timeout(60)
class OverloadIT {
    private static final String INGEST = "/eventsync.v1.EventService/Ingest";
    private static final int QUEUE = 100;
    private static final int CALLS = 900;
    /** What a connection may have open as a rule. */
    private static final long STREAMS_MAX = 1_000;

    private static final Map<String, String> SMALL_QUEUE = Map.of(
            "log-queue-events-max",
            Integer.toString(QUEUE),
            "log-batch-events-max",
            "50",
            "limits-batch-events-max",
            "50");

    @Test
    void L2_overloadIsShedWithATimeToRetry_andWhatWasTakenIsStored() {
        try (TestServer server = TestServer.start(SMALL_QUEUE);
                TestSql sql = new TestSql();
                RawHttp2 client = RawHttp2.connect(server.port())) {
            assertThat(client.answer(send(client, "first")).grpcStatus()).isZero();
            client.acknowledgeNoMoreSettings();
            Promise<Void> release = Promise.promise();
            Future<Void> lock = holdAppends(sql, server, release.future());

            Map<String, Integer> calls = new LinkedHashMap<>();
            int last = 0;
            for (int i = 0; i < CALLS; i++) {
                last = send(client, "e" + i);
                calls.put("e" + i, last);
            }
            client.flush();
            // The refusals come while the writers still stand; the last call cannot have found room.
            assertThat(client.answer(last).reason()).isEqualTo("OVERLOADED");
            release.complete();
            done(lock);

            TreeSet<String> taken = new TreeSet<>();
            TreeSet<String> shed = new TreeSet<>();
            calls.forEach((id, stream) -> {
                WireAnswer answer = client.answer(stream);
                if (answer.grpcStatus() == 0) {
                    taken.add(id);
                } else {
                    assertThat(answer.reason()).as("%s", answer).isEqualTo("OVERLOADED");
                    assertThat(answer.grpcStatus()).isEqualTo(8);
                    assertThat(answer.detail(RetryInfo.class)).isPresent();
                    shed.add(id);
                }
            });
            System.out.println("OverloadIT taken=" + taken.size() + " shed=" + shed.size());
            assertThat(taken).hasSizeBetween(QUEUE, 2 * QUEUE);
            assertThat(new TreeSet<>(server.query("select id from eventsync.events where id <> 'first'")))
                    .isEqualTo(taken);

            shed.forEach(id ->
                    assertThat(client.answer(send(client, id)).grpcStatus()).isZero());
            assertThat(server.storedEvents()).isEqualTo(CALLS + 1);
        }
    }

    @Test
    void L2_connectionMayHaveFewerCallsOpen_whileItsCallsAreShed_andAllAgainAfterwards() {
        Vertx clients = Vertx.vertx();
        // Held to the end: a client that nobody refers to closes its connections.
        HttpClientAgent client = clients.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        try (TestServer server = TestServer.start(SMALL_QUEUE);
                TestSql sql = new TestSql()) {
            Promise<Void> release = Promise.promise();
            Future<Void> lock = holdAppends(sql, server, release.future());
            List<Long> allowed = new CopyOnWriteArrayList<>();
            HttpClientConnection connection = TestSql.await(
                    client.connect(new HttpConnectOptions().setHost("127.0.0.1").setPort(server.port())));
            connection.remoteSettingsHandler(settings -> allowed.add(settings.getMaxConcurrentStreams()));

            List<Future<Void>> calls = new ArrayList<>();
            for (int i = 0; i < 3 * QUEUE; i++) {
                calls.add(ingest(connection, "e" + i));
            }
            await().until(() -> !allowed.isEmpty());
            assertThat(allowed.get(0)).isBetween(16L, 3L * QUEUE / 2);

            release.complete();
            done(lock);
            calls.forEach(TestSql::done);
            await().untilAsserted(() -> assertThat(allowed).last().isEqualTo(STREAMS_MAX));
        } finally {
            done(client.close());
            done(clients.close());
        }
    }

    private static Future<Void> ingest(HttpClientConnection connection, String id) {
        return connection
                .request(new RequestOptions().setMethod(HttpMethod.POST).setURI(INGEST))
                .compose(request -> request.putHeader("content-type", "application/grpc")
                        .putHeader("te", "trailers")
                        .send(Buffer.buffer(framed(0, request(id)))))
                .compose(response -> response.body())
                .mapEmpty();
    }

    /** Until the future completes; the lock is held when this returns. */
    private static Future<Void> holdAppends(TestSql sql, TestServer server, Future<Void> release) {
        Promise<Void> held = Promise.promise();
        Future<Void> lock = sql.begin(
                server.database(),
                connection -> connection
                        .query("begin; select pg_advisory_xact_lock(7205758210221000)")
                        .execute()
                        .onComplete(v -> held.complete(), held::fail)
                        .compose(v -> release)
                        .compose(v -> connection.query("commit").execute())
                        .mapEmpty());
        done(held.future());
        return lock;
    }

    private static byte[] request(String id) {
        return IngestRequest.newBuilder()
                .setEvent(Event.newBuilder().setId(id).setTag("T").setJson("{}"))
                .build()
                .toByteArray();
    }

    private static int send(RawHttp2 client, String id) {
        int stream = client.open(false, grpc(INGEST));
        client.data(stream, framed(0, request(id)), true);
        return stream;
    }
}
