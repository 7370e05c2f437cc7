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
import io.eventsync.server.postgres.TestSql;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestResult;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real process with its embedded Postgres, killed in the middle of its work; what it had acknowledged is kept outside. */
@Timeout(120)
class DurabilityIT {
    private static final int WRITERS = 24;
    private static final int BATCH = 20;
    private static final int ACKS_BETWEEN_FAULTS = 4_000;
    private static final Pattern LISTENING = Pattern.compile("gRPC, gRPC-Web\\s+127\\.0\\.0\\.1:([0-9]+)");

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final HistoryRecorder history = new HistoryRecorder();
    private final AtomicBoolean writing = new AtomicBoolean(true);
    private final Queue<String> cursors = new ConcurrentLinkedQueue<>();
    private @Nullable Process server;
    private volatile Connection connection = Connection.to(vertx, new Target("127.0.0.1", 1));

    @AfterEach
    void close() {
        stop();
        done(vertx.close());
    }

    @Test
    void R1_R5_acknowledgedEventsSurviveKills() throws IOException {
        start();
        List<Future<Void>> writers = new ArrayList<>();
        for (int w = 0; w < WRITERS; w++) {
            int writer = w;
            Promise<Void> done = Promise.promise();
            vertx.runOnContext(v -> write(writer, 0, done));
            writers.add(done.future());
        }

        List<String> faults = List.of("server", "backend", "server", "postmaster", "server");
        for (String fault : faults) {
            awaitAcks();
            switch (fault) {
                case "server" -> {
                    stop();
                    start();
                }
                case "backend" -> kill(backend());
                default -> kill(postmaster());
            }
        }
        awaitAcks();
        writing.set(false);
        writers.forEach(TestSql::done);

        readAll();
        System.out.println("DurabilityIT acked=" + history.ackedCount() + " cursors=" + cursors.size());
        assertThat(HistoryChecker.check(history.history())).isEmpty();
        for (String cursor : cursors) {
            SyncResponse page = await(sync(cursor, 1));
            assertThat(page.getEventsCount() == 1 || page.getUpToDate()).isTrue();
        }
    }

    private void stop() {
        Process running = server;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    private void awaitAcks() {
        int before = history.ackedCount();
        await().atMost(Duration.ofSeconds(20)).until(() -> history.ackedCount() >= before + ACKS_BETWEEN_FAULTS);
    }

    private void start() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Main.class.getName(),
                        "serve",
                        "--server-port",
                        "0",
                        "--data-dir",
                        folder.resolve("data").toString())
                .redirectErrorStream(true)
                .start();
        server = process;
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            said.append(line).append('\n');
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                connection = Connection.to(vertx, new Target("127.0.0.1", Integer.parseInt(listening.group(1))));
                Thread rest = new Thread(() -> lines.lines().forEach(more -> {}), "server-output");
                rest.setDaemon(true);
                rest.start();
                return;
            }
        }
        throw new AssertionError("the server did not start:\n" + said);
    }

    private void write(int writer, int number, Promise<Void> done) {
        if (!writing.get()) {
            done.complete();
            return;
        }
        IngestBatchRequest.Builder request = IngestBatchRequest.newBuilder();
        for (int i = 0; i < BATCH; i++) {
            request.addEvents(
                    Event.newBuilder().setId(writer + "-" + number + "-" + i).setTag("T.W" + writer));
        }
        send(writer, number, request.build(), System.nanoTime(), done);
    }

    private void send(int writer, int number, IngestBatchRequest request, long invoked, Promise<Void> done) {
        connection
                .unary(EventServiceGrpcClient.IngestBatch, request, 5_000)
                .onComplete(
                        response -> {
                            long returned = System.nanoTime();
                            for (int i = 0; i < BATCH; i++) {
                                IngestResult result = response.getResults(i);
                                history.acked(
                                        result.getId(),
                                        request.getEvents(i).getTag(),
                                        result.getPosition(),
                                        invoked,
                                        returned);
                            }
                            if (number % 10 == 0) {
                                cursors.add(response.getCursor());
                            }
                            write(writer, number + 1, done);
                        },
                        e -> vertx.setTimer(50, t -> send(writer, number, request, invoked, done)));
    }

    private Future<SyncResponse> sync(String cursor, int eventsMax) {
        Start start = cursor.isEmpty()
                ? Start.newBuilder().setAfterPosition(0).build()
                : Start.newBuilder().setCursor(cursor).build();
        return connection.unary(
                EventServiceGrpcClient.Sync,
                SyncRequest.newBuilder().setStart(start).setMaxEvents(eventsMax).build(),
                10_000);
    }

    private void readAll() {
        ReaderRecorder reader = history.reader("all", ReaderFilter.all());
        reader.opened(0);
        long last = 0;
        SyncResponse page = await(sync("", 1_000));
        while (true) {
            for (Event event : page.getEventsList()) {
                assertThat(event.getPosition()).isEqualTo(++last);
                reader.event(last, event.getId(), event.getTag());
                history.logged(last, event.getId(), event.getTag());
            }
            reader.cursor(last);
            if (page.getUpToDate()) {
                return;
            }
            page = await(sync(page.getCursor(), 1_000));
        }
    }

    private long postmaster() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("data"), 4)) {
            Path pidFile = files.filter(path -> path.endsWith("postmaster.pid"))
                    .findFirst()
                    .orElseThrow();
            return Long.parseLong(Files.readAllLines(pidFile).get(0).strip());
        }
    }

    /** The process of one of the server's connections; when it dies so, Postgres starts all of them over. */
    private long backend() throws IOException {
        return ProcessHandle.of(postmaster())
                .orElseThrow()
                .children()
                .mapToLong(ProcessHandle::pid)
                .filter(DurabilityIT::isConnection)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isConnection(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))
                    .contains("[local]");
        } catch (IOException e) {
            return false;
        }
    }

    private static void kill(long pid) {
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
    }
}
