package io.eventsync.server;

import static io.eventsync.server.RawHttp2.framed;
import static io.eventsync.server.RawHttp2.grpc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.postgres.SingleConnection;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.ListSubscriptionsRequest;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SyncRequest;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients leave behind, however they leave: nothing. */
@Timeout(120)
class LeakIT {
    private static final String EVENTS = "/eventsync.v1.EventService/";
    private static final int ROUNDS = 15;
    private static final int STREAMS = 40;
    private static final int LOSSES = 6;
    /** A pool may open one more of what it may have; a leak of one a connection is three times as many. */
    private static final int SLACK = 10;

    private static final long HEAP_GROWTH_MAX = 4 << 20;

    private record Usage(long files, long threads, long postgresConnections, long heapBytes) {}

    @Test
    void L9_nothingIsLeftBehind_byStreamsThatAreCancelledAndConnectionsThatAreCut() throws IOException {
        try (TestServer server = TestServer.start()) {
            rounds(server);
            rounds(server);
            Usage before = usage(server);

            rounds(server);
            rounds(server);

            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                Usage after = usage(server);
                assertThat(after.files()).isLessThanOrEqualTo(before.files() + SLACK);
                assertThat(after.threads()).as("%s", threads()).isLessThanOrEqualTo(before.threads() + SLACK);
                assertThat(after.postgresConnections()).isLessThanOrEqualTo(before.postgresConnections() + SLACK);
                assertThat(after.heapBytes() - before.heapBytes()).isLessThan(HEAP_GROWTH_MAX);
            });
            System.out.println(
                    "LeakIT streams=" + 2 * ROUNDS * STREAMS + " before=" + before + " after=" + usage(server));
        }
    }

    /** Vert.x keeps a network client for each connection that is opened without a pool. */
    @Test
    void L9_nothingIsLeftBehind_byConnectionsToPostgresThatAreLost() {
        try (TestServer server = TestServer.start();
                TestSql sql = new TestSql()) {
            PgConnection postgres = sql.connect(server.database());
            loseConnections(postgres);
            long before = networkClients();

            for (int i = 0; i < LOSSES; i++) {
                loseConnections(postgres);
            }

            assertThat(networkClients()).isLessThan(before + LOSSES);
        }
    }

    @Test
    void L9_nothingIsLeftBehind_byConnectionsToPostgresThatAreAbandoned() {
        Vertx vertx = Vertx.vertx();
        try {
            SingleConnection single = new SingleConnection(vertx, TestPostgres.freshDatabase());
            long before = networkClients();

            for (int i = 0; i < LOSSES; i++) {
                TestSql.done(single.open());
                single.abandon();
            }

            await().atMost(Duration.ofSeconds(20)).until(() -> networkClients() <= before + 1);
            TestSql.done(single.close());
        } finally {
            TestSql.done(vertx.close());
        }
    }

    /** Those that are not of the pool; answers when they are back. */
    private static void loseConnections(PgConnection postgres) {
        Set<Integer> lost = own(postgres, "pid");
        assertThat(lost).hasSize(3);
        assertThat(own(postgres, "case when pg_terminate_backend(pid) then pid end"))
                .isEqualTo(lost);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() ->
                        assertThat(own(postgres, "pid")).hasSameSizeAs(lost).doesNotContainAnyElementsOf(lost));
    }

    private static Set<Integer> own(PgConnection postgres, String column) {
        return TestServer.await(postgres.query("select " + column + " from pg_stat_activity"
                                + " where datname = current_database()"
                                + " and application_name in ('eventsync-append', 'eventsync-listen')")
                        .execute())
                .stream()
                .map(row -> row.getInteger(0))
                .collect(Collectors.toSet());
    }

    private static long networkClients() {
        try {
            String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            return histogram
                    .lines()
                    .filter(line -> line.matches(".* io\\.vertx\\.core\\.net\\.impl\\.NetClientImpl( .*)?"))
                    .mapToLong(line -> Long.parseLong(line.strip().split("\\s+", -1)[1]))
                    .findFirst()
                    .orElseThrow();
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of the streams of a connection a third is cancelled, a third is left by the connection's end, a third ends by its deadline. */
    private static void rounds(TestServer server) {
        for (int round = 0; round < ROUNDS; round++) {
            try (RawHttp2 client = RawHttp2.connect(server.port())) {
                List<Integer> streams = new ArrayList<>();
                for (int i = 0; i < STREAMS; i++) {
                    streams.add(
                            i % 3 == 0
                                    ? open(client, "Subscribe", SubscribeRequest.newBuilder(), "grpc-timeout", "20m")
                                    : open(
                                            client,
                                            "Subscribe",
                                            SubscribeRequest.newBuilder()
                                                    .setStart(Start.newBuilder().setAfterPosition(0))));
                }
                int unused = open(
                        client,
                        "Sync",
                        SyncRequest.newBuilder().setWait(com.google.protobuf.util.Durations.fromSeconds(60)));
                WireAnswer stored = client.call(
                        EVENTS + "Ingest",
                        IngestRequest.newBuilder()
                                .setEvent(Event.newBuilder().setTag("T").setJson("{}"))
                                .build()
                                .toByteArray());
                assertThat(stored.grpcStatus()).isZero();
                for (int i = 1; i < STREAMS; i += 3) {
                    assertThat(client.body(streams.get(i), 1)).isNotEmpty();
                    client.reset(streams.get(i), RawHttp2.CANCEL);
                }
                client.flush();
            }
        }
        await().atMost(Duration.ofSeconds(20))
                .until(() -> TestServer.await(
                                        server.admin().listSubscriptions(ListSubscriptionsRequest.getDefaultInstance()))
                                .getSubscriptionsCount()
                        == 0);
    }

    private static int open(
            RawHttp2 client, String method, com.google.protobuf.Message.Builder request, String... headers) {
        int id = client.open(false, grpc(EVENTS + method, headers));
        client.data(id, framed(0, request.build().toByteArray()), true);
        return id;
    }

    /** Classes that are used for the first time open the jar they are in. */
    private static String target(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException gone) {
            return "gone.jar";
        }
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .sorted()
                .toList();
    }

    private static Usage usage(TestServer server) throws IOException {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return new Usage(
                    files.filter(file -> !target(file).endsWith(".jar")).count(),
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    Long.parseLong(
                            server.query("select count(*) from pg_stat_activity where datname = current_database()"
                                            + " and pid <> pg_backend_pid()")
                                    .get(0)),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
    }
}
