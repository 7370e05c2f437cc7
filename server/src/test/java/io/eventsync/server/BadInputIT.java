package io.eventsync.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.sun.management.ThreadMXBean;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestBatchRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Promise X6: bad input gets its documented answer, stores nothing, and costs nobody else anything. */
class BadInputIT {
    static final int STREAMS_MAX = 20;
    private static final int BOMB_MEGABYTES = 300;

    private static TestServer server;

    @BeforeAll
    static void startServer() {
        server = TestServer.start(Map.of("server-streams-per-connection-max", String.valueOf(STREAMS_MAX)));
        var unused = TestServer.await(server.events()
                .ingestBatch(IngestBatchRequest.newBuilder()
                        .addEvents(Event.newBuilder().setId("db-1").setTag("DATABASE.X"))
                        .addEvents(Event.newBuilder().setId("db-2").setTag("DATABASEX.X"))
                        .addEvents(Event.newBuilder().setId("taken").setTag("A").setMessage("first"))
                        .build()));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    static Stream<BadInput> rows() {
        return Stream.of(BadFrames.rows(), BadConnections.rows(), BadEvents.rows(), BadReads.rows(server))
                .flatMap(List::stream);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void badInput_getsItsAnswerAndStoresNothing_whenSent(BadInput row) {
        long stored = server.storedEvents();

        try (RawHttp2 client = RawHttp2.connect(server.port());
                RawHttp2 bystander = RawHttp2.connect(server.port())) {
            WireAnswer answer = row.input().apply(client);

            assertThatCode(() -> row.expected().check(client, answer))
                    .as(row.name())
                    .doesNotThrowAnyException();
            assertThat(server.storedEvents()).isEqualTo(stored + row.expected().events());
            if (row.expected().connectionLives()) {
                assertServes(client);
            }
            assertServes(bystander);
        }
    }

    private static void assertServes(RawHttp2 client) {
        WireAnswer answer = client.call("/eventsync.v1.AdminService/GetServerInfo", new byte[0]);
        assertThat(answer.grpcStatus()).as("%s", answer).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc", "application/grpc-web", "application/grpc-web-text"})
    void bomb_isNotInflated_whenSent(String contentType) throws IOException {
        byte[] bomb = RawHttp2.framed(1, bomb());
        byte[] body =
                contentType.endsWith("text") ? java.util.Base64.getEncoder().encode(bomb) : bomb;

        try (RawHttp2 client = RawHttp2.connect(server.port())) {
            assertServes(client);
            long before = allocatedByEventLoops();
            int id = client.open(
                    false,
                    List.of(
                            ":method", "POST",
                            ":scheme", "http",
                            ":path", BadInput.INGEST,
                            ":authority", "127.0.0.1",
                            "content-type", contentType,
                            "grpc-encoding", "gzip"));
            client.data(id, body, true);
            assertThat(client.answer(id).httpStatus()).isEqualTo(200);
            assertServes(client);

            assertThat(allocatedByEventLoops() - before).isLessThan(32L << 20);
        }
    }

    private static byte[] bomb() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            byte[] megabyte = new byte[1 << 20];
            for (int i = 0; i < BOMB_MEGABYTES; i++) {
                gzip.write(megabyte);
            }
        }
        return bytes.toByteArray();
    }

    private static long allocatedByEventLoops() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Stream.of(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().contains("eventloop"))
                .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.getThreadId()))
                .sum();
    }
}
