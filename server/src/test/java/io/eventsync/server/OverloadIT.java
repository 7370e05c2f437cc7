package io.eventsync.server;

import static io.eventsync.server.RawHttp2.framed;
import static io.eventsync.server.RawHttp2.grpc;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.RetryInfo;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More than can be stored: what does not fit is refused at once, with a time to come back; nothing that was taken is lost. */
@Timeout(60)
class OverloadIT {
    private static final String INGEST = "/eventsync.v1.EventService/Ingest";
    private static final int QUEUE = 100;
    private static final int CALLS = 900;

    @Test
    void L2_overloadIsShedWithATimeToRetry_andWhatWasTakenIsStored() {
        try (TestServer server = TestServer.start(Map.of(
                        "log-queue-events-max",
                        Integer.toString(QUEUE),
                        "log-batch-events-max",
                        "50",
                        "limits-batch-events-max",
                        "50"));
                TestSql sql = new TestSql();
                RawHttp2 client = RawHttp2.connect(server.port())) {
            assertThat(client.answer(send(client, "first")).grpcStatus()).isZero();
            Promise<Void> release = Promise.promise();
            Promise<Void> held = Promise.promise();
            Future<Void> lock = sql.begin(
                    server.database(),
                    connection -> connection
                            .query("begin; select pg_advisory_xact_lock(7205758210221000)")
                            .execute()
                            .onComplete(v -> held.complete(), held::fail)
                            .compose(v -> release.future())
                            .compose(v -> connection.query("commit").execute())
                            .mapEmpty());
            done(held.future());

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

    private static int send(RawHttp2 client, String id) {
        int stream = client.open(false, grpc(INGEST));
        byte[] request = IngestRequest.newBuilder()
                .setEvent(Event.newBuilder().setId(id).setTag("T").setJson("{}"))
                .build()
                .toByteArray();
        client.data(stream, framed(0, request), true);
        return stream;
    }
}
