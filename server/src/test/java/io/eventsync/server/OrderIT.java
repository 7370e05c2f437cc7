package io.eventsync.server;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.loadtest.history.HistoryChecker;
import io.eventsync.loadtest.history.HistoryRecorder;
import io.eventsync.loadtest.history.ReaderFilter;
import io.eventsync.loadtest.history.ReaderRecorder;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Target;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.Filter;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestBatchResponse;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestResult;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscribeResponse;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The proof of order: three nodes on one database, writers that stall inside their transactions, connections that break, readers that
 * leave at random and come back to any node with the last cursor they were given, of whatever frame. Another seed every time.
 */
@Timeout(120)
class OrderIT {
    private static final int OBSERVED = LongRun.or(150_000, 1_000_000);
    private static final int BATCH_WRITERS = 9;
    private static final int UNARY_WRITERS = 12;
    private static final List<String> TAGS = List.of("A.X", "A.Y", "A2.X", "B.C.D", "B.C.E", "C", "RARE");
    private static final List<ReaderFilter> FILTERS = List.of(
            ReaderFilter.all(),
            ReaderFilter.all(),
            ReaderFilter.prefixes("A"),
            ReaderFilter.prefixes("A", "B.C.D", "RARE"),
            new ReaderFilter(List.of(), List.of("A")),
            new ReaderFilter(List.of("B"), List.of("B.C.E")),
            ReaderFilter.prefixes("RARE"),
            ReaderFilter.prefixes("NOTHING"));

    private final long seed = System.nanoTime();
    private final PgConnectOptions database = TestPostgres.freshDatabase();
    private final TestSql sql = new TestSql();
    private final List<TestServer> nodes = new ArrayList<>();
    private final Vertx clients = Vertx.vertx();
    private final HistoryRecorder history = new HistoryRecorder();
    private final AtomicLong observed = new AtomicLong();
    private final AtomicLong resumes = new AtomicLong();
    private final Map<String, AtomicLong> resumedFrom = new ConcurrentHashMap<>();
    private final AtomicBoolean writing = new AtomicBoolean(true);
    private volatile long finalHead = Long.MAX_VALUE;

    @AfterEach
    void close() {
        done(clients.close());
        nodes.forEach(TestServer::close);
        sql.close();
    }

    @Test
    void R2_R3_R4_R7_allReadersAgree_whileNodesStallAndConnectionsBreak() {
        System.out.println("OrderIT seed=" + seed);
        // Small rings, so that readers fall out of memory and onto the log all the time.
        nodes.add(TestServer.start(database, Map.of("log-tail-events-max", "1024")));
        nodes.add(TestServer.start(database, Map.of("log-tail-events-max", "65536")));
        nodes.add(TestServer.start(database, Map.of("log-tail-events-max", "128")));
        Random random = new Random(seed);

        List<Future<Void>> readers = new ArrayList<>();
        for (int r = 0; r < FILTERS.size() * 2; r++) {
            boolean streams = r % 2 == 0;
            RandomReader reader = new RandomReader(
                    (streams ? "stream-" : "poll-") + r, FILTERS.get(r / 2), streams, new Random(random.nextLong()));
            readers.add(reader.run());
        }
        List<Future<Void>> writers = new ArrayList<>();
        for (int w = 0; w < BATCH_WRITERS + UNARY_WRITERS; w++) {
            writers.add(new Writer(w, w < BATCH_WRITERS ? 60 : 1, new Random(random.nextLong())).run());
        }
        Future<Void> staller = sql.begin(database, connection -> {
            Promise<Void> done = Promise.promise();
            stall(connection, new Random(random.nextLong()), done);
            return done.future();
        });

        long nextKill = 100_000;
        while (observed.get() < OBSERVED) {
            long until = Math.min(OBSERVED, nextKill);
            await().atMost(Duration.ofSeconds(90)).until(() -> observed.get() >= until);
            nextKill += 100_000;
            killSomeConnections();
        }
        writing.set(false);
        writers.forEach(TestSql::done);
        done(staller);
        finalHead = 1
                + Long.parseLong(sql.query(database, "select max(pos) from eventsync.event")
                        .get(0));
        // One more event makes what was never acknowledged durable, and wakes everybody.
        done(nodes.get(0)
                .events()
                .ingest(IngestRequest.newBuilder()
                        .setEvent(
                                Event.newBuilder().setId("last").setTag("RARE").setJson("{}"))
                        .build()));
        readers.forEach(TestSql::done);

        sql.query(database, "select position || ' ' || id || ' ' || tag from eventsync.events order by position")
                .forEach(row -> {
                    String[] parts = row.split(" ", -1);
                    history.logged(Long.parseLong(parts[0]), parts[1], parts[2]);
                });
        System.out.println("OrderIT observed=" + observed + " acked=" + history.ackedCount() + " resumes=" + resumes
                + " resumed_from=" + resumedFrom);
        assertThat(sql.query(database, "select max(pos) - count(*) from eventsync.event"))
                .containsExactly("0");
        assertThat(resumedFrom.keySet()).contains("started", "batch", "progress", "page");
        assertThat(HistoryChecker.check(history.history())).isEmpty();
    }

    /** Holds the lock of all appends for a moment, again and again: transactions stand open in front of their commit. */
    private void stall(PgConnection connection, Random random, Promise<Void> done) {
        if (!writing.get()) {
            done.complete();
            return;
        }
        connection
                .query("begin; select pg_advisory_xact_lock(7205758210221000); select pg_sleep("
                        + random.nextInt(50) / 1_000.0 + "); commit; select pg_sleep(" + random.nextInt(300) / 1_000.0
                        + ")")
                .execute()
                .onComplete(v -> stall(connection, random, done), done::fail);
    }

    private void killSomeConnections() {
        sql.execute(database, """
                select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()
                  and application_name like 'eventsync%' and random() < 0.4
                """);
    }

    /** Sends the same ids again until they are acknowledged. */
    private final class Writer {
        private final int number;
        private final int batch;
        private final Random random;
        private final Connection connection;
        private final Promise<Void> done = Promise.promise();
        private int next;

        Writer(int number, int batch, Random random) {
            this.number = number;
            this.batch = batch;
            this.random = random;
            this.connection = connect(number % nodes.size());
        }

        Future<Void> run() {
            clients.getOrCreateContext().runOnContext(v -> write());
            return done.future();
        }

        private void write() {
            if (!writing.get()) {
                done.complete();
                return;
            }
            IngestBatchRequest.Builder request = IngestBatchRequest.newBuilder();
            for (int i = 1 + random.nextInt(batch); i > 0; i--) {
                request.addEvents(Event.newBuilder()
                        .setId("w" + number + "-" + next++)
                        .setTag(TAGS.get(random.nextInt(20) == 0 ? 6 : random.nextInt(6)))
                        .setJson("{\"n\":" + next + "}"));
            }
            send(request.build(), System.nanoTime());
        }

        private void send(IngestBatchRequest request, long invoked) {
            Future<List<IngestResult>> sent = batch > 1
                    ? connection
                            .unary(EventServiceGrpcClient.IngestBatch, request, 30_000)
                            .map(IngestBatchResponse::getResultsList)
                    : connection
                            .unary(
                                    EventServiceGrpcClient.Ingest,
                                    IngestRequest.newBuilder()
                                            .setEvent(request.getEvents(0))
                                            .build(),
                                    30_000)
                            .map(response -> List.of(response.getResult()));
            sent.onComplete(
                    results -> {
                        long returned = System.nanoTime();
                        for (int i = 0; i < results.size(); i++) {
                            Event event = request.getEvents(i);
                            history.acked(
                                    event.getId(),
                                    event.getTag(),
                                    results.get(i).getPosition(),
                                    invoked,
                                    returned);
                        }
                        write();
                    },
                    e -> clients.setTimer(10, t -> send(request, invoked)));
        }
    }

    /** Reads for a random while, leaves, and goes on at another node. */
    private final class RandomReader {
        private final ReaderRecorder recorder;
        private final ReaderFilter filter;
        private final boolean streams;
        private final Random random;
        private final List<Connection> connections;
        private final Promise<Void> done = Promise.promise();
        private final Context context = clients.getOrCreateContext();
        private String cursor = "";
        private String cursorKind = "";
        private long position;
        private int generation;

        RandomReader(String name, ReaderFilter filter, boolean streams, Random random) {
            this.recorder = history.reader(name, filter);
            this.filter = filter;
            this.streams = streams;
            this.random = random;
            this.connections = List.of(connect(0), connect(1), connect(2));
        }

        Future<Void> run() {
            context.runOnContext(v -> {
                recorder.opened(0);
                again();
            });
            return done.future();
        }

        private Connection anyNode() {
            return connections.get(random.nextInt(connections.size()));
        }

        private Filter wireFilter() {
            return Filter.newBuilder()
                    .addAllTagPrefixes(filter.prefixes())
                    .addAllExcludeTagPrefixes(filter.excludedPrefixes())
                    .build();
        }

        private Start start() {
            return cursor.isEmpty()
                    ? Start.newBuilder().setAfterPosition(0).build()
                    : Start.newBuilder().setCursor(cursor).build();
        }

        /** A new attempt; answers of those before no longer count. */
        private void again() {
            if (position >= finalHead) {
                done.tryComplete();
                return;
            }
            int now = ++generation;
            if (!cursor.isEmpty()) {
                recorder.resumed(position);
                resumes.incrementAndGet();
                resumedFrom.computeIfAbsent(cursorKind, k -> new AtomicLong()).incrementAndGet();
            }
            if (streams) {
                subscribe(now);
            } else {
                poll(now, 1 + random.nextInt(30), anyNode());
            }
        }

        private void retry(int then) {
            clients.setTimer(1 + random.nextInt(20), t -> {
                if (then == generation) {
                    again();
                }
            });
        }

        private void subscribe(int now) {
            SubscribeRequest request = SubscribeRequest.newBuilder()
                    .setFilter(wireFilter())
                    .setStart(start())
                    .setMaxBatch(1 + random.nextInt(200))
                    .setMaxLinger(com.google.protobuf.Duration.newBuilder().setNanos(random.nextInt(3) * 10_000_000))
                    .setHeartbeatInterval(
                            com.google.protobuf.Duration.newBuilder().setSeconds(1))
                    .build();
            // First with the cursor of the first frame alone.
            int frames = now == 1 ? 1 : 1 + random.nextInt(random.nextInt(4) == 0 ? 3 : 300);
            anyNode()
                    .open(EventServiceGrpcClient.Subscribe)
                    .onComplete(
                            call -> {
                                call.end(request).onComplete(v -> {}, e -> retry(now));
                                call.response()
                                        .onComplete(
                                                response -> {
                                                    int[] left = {frames};
                                                    response.handler(frame -> take(frame, now, left, call));
                                                    response.exceptionHandler(e -> retry(now));
                                                    response.endHandler(v -> retry(now));
                                                },
                                                e -> retry(now));
                            },
                            e -> retry(now));
            // Whoever hears too little moves on too.
            clients.setTimer(200 + random.nextInt(3_000), t -> retry(now));
        }

        private void take(
                SubscribeResponse frame,
                int now,
                int[] left,
                GrpcClientRequest<SubscribeRequest, SubscribeResponse> call) {
            if (now != generation) {
                call.cancel();
                return;
            }
            frame.getBatch().getEventsList().forEach(this::see);
            reached(frame.getCursor(), kind(frame));
            if (--left[0] == 0 || position >= finalHead) {
                call.cancel();
                again();
            }
        }

        private static String kind(SubscribeResponse frame) {
            return frame.getKindCase().name().toLowerCase(java.util.Locale.ROOT);
        }

        private void poll(int now, int pages, Connection node) {
            SyncRequest request = SyncRequest.newBuilder()
                    .setFilter(wireFilter())
                    .setStart(start())
                    .setMaxEvents(1 + random.nextInt(1_000))
                    .setWait(com.google.protobuf.Duration.newBuilder().setNanos(random.nextInt(200) * 1_000_000))
                    .build();
            node.unary(EventServiceGrpcClient.Sync, request, 10_000)
                    .onComplete(page -> takePage(page, now, pages, node), e -> retry(now));
        }

        private void takePage(SyncResponse page, int now, int pages, Connection node) {
            if (now != generation) {
                return;
            }
            page.getEventsList().forEach(this::see);
            reached(page.getCursor(), "page");
            if (position >= finalHead || pages == 1) {
                again();
            } else {
                poll(now, pages - 1, node);
            }
        }

        private void see(Event event) {
            recorder.event(event.getPosition(), event.getId(), event.getTag());
            observed.incrementAndGet();
        }

        private void reached(String newCursor, String kind) {
            cursor = newCursor;
            cursorKind = kind;
            position = CursorPosition.of(newCursor);
            recorder.cursor(position);
        }
    }

    private Connection connect(int node) {
        return Connection.to(clients, new Target("127.0.0.1", nodes.get(node).port()));
    }

    /** Cursors are opaque to clients; the checker wants to know what they speak for. */
    private static final class CursorPosition {
        static long of(String cursor) {
            return java.nio.ByteBuffer.wrap(java.util.Base64.getUrlDecoder().decode(cursor))
                    .getLong(9);
        }
    }
}
