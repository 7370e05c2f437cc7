package io.eventsync.server;

import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Target;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that share a connection, as those behind a proxy do. */
@Timeout(60)
class FairStreamsIT {
    private static final int STREAMS = 30;
    /** Each takes a megabyte of the eight of the connection's window, and a client gives that back when it has read half of it. */
    private static final int UNREAD = 2;

    private static final int BATCHES = 20;
    private static final int BATCH = 300;
    private static final int EVENTS = BATCHES * BATCH;
    private static final String TEXT = "x".repeat(500);

    private final CRC32 work = new CRC32();
    private final byte[] page = new byte[8_192];
    private final Vertx writers = Vertx.vertx();
    private final Vertx clients = Vertx.vertx();
    /** A client that nobody refers to is closed. */
    private final List<Connection> connections = new ArrayList<>();

    private final AtomicIntegerArray seen = new AtomicIntegerArray(STREAMS);
    private final Promise<int[]> whenFirstIsThrough = Promise.promise();

    @AfterEach
    void close() {
        connections.forEach(connection -> done(connection.close()));
        done(writers.close());
        done(clients.close());
    }

    @Test
    void streamsOfOneConnection_getOnAlike_whenTheyWantMoreThanTheirClientReads() throws Exception {
        try (TestServer server = TestServer.start()) {
            open(server, 0);
            ingest(server);

            int[] then = whenFirstIsThrough
                    .future()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(50, TimeUnit.SECONDS);

            assertThat(IntStream.of(then)).allMatch(events -> events > EVENTS * 3 / 4);
        }
    }

    @Test
    void streamsThatNobodyReads_doNotHoldUpTheOthersOfTheirConnection() {
        try (TestServer server = TestServer.start()) {
            open(server, UNREAD);
            ingest(server);

            await().atMost(Duration.ofSeconds(50))
                    .until(() -> IntStream.range(UNREAD, STREAMS).allMatch(s -> seen.get(s) == EVENTS));
            assertThat(IntStream.range(0, UNREAD)).allMatch(s -> seen.get(s) < EVENTS);
        }
    }

    /** @param unread so many of its streams take nothing after their first frame */
    private void open(TestServer server, int unread) {
        Connection connection = Connection.to(clients, new Target("127.0.0.1", server.port()));
        connections.add(connection);
        for (int s = 0; s < STREAMS; s++) {
            done(subscribe(connection, s, s < unread));
        }
    }

    private void ingest(TestServer server) {
        Connection connection = Connection.to(writers, new Target("127.0.0.1", server.port()));
        for (int b = 0; b < BATCHES; b++) {
            done(connection.unary(EventServiceGrpcClient.IngestBatch, batch(b), 30_000));
        }
    }

    private Future<Void> subscribe(Connection connection, int number, boolean isUnread) {
        SubscribeRequest request = SubscribeRequest.newBuilder()
                .setStart(Start.newBuilder().setAfterPosition(0))
                .build();
        Promise<Void> started = Promise.promise();
        connection
                .open(EventServiceGrpcClient.Subscribe)
                .compose(call -> call.end(request).compose(v -> call.response()))
                .onSuccess(frames -> frames.handler(frame -> {
                    if (started.tryComplete() && isUnread) {
                        frames.pause();
                    }
                    read(number, frame.getBatch().getEventsCount());
                }))
                .onFailure(started::tryFail);
        return started.future();
    }

    /** Takes its time for each event. */
    private void read(int number, int events) {
        for (int i = 0; i < 10 * events; i++) {
            work.update(page);
        }
        if (seen.addAndGet(number, events) == EVENTS) {
            whenFirstIsThrough.tryComplete(
                    IntStream.range(0, STREAMS).map(seen::get).toArray());
        }
    }

    private static IngestBatchRequest batch(int number) {
        IngestBatchRequest.Builder request = IngestBatchRequest.newBuilder();
        for (int i = 0; i < BATCH; i++) {
            request.addEvents(
                    Event.newBuilder().setId(number + "-" + i).setTag("T").setJson("\"" + TEXT + "\""));
        }
        return request.build();
    }
}
