package io.eventsync.server;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.SyncRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long a killed server is away. */
@Tag("long")
@Timeout(180)
class RestartIT {
    private static final int SMALL = 1_000;
    private static final int LARGE = 300_000;
    private static final int RESTARTS = 3;

    @TempDir
    Path folder;

    private final Vertx clients = Vertx.vertx();
    private int stored;

    @AfterEach
    void close() {
        done(clients.close());
    }

    /** The best of some restarts each, as others may be at work on the machine; a start that reads the log would take seconds more. */
    @Test
    void L7_killedServerIsReadyInSeconds_whateverTheLogsSize() throws IOException {
        Duration small = restart(SMALL);
        Duration large = restart(LARGE);

        System.out.println("RestartIT after_kill_ms events_" + SMALL + "=" + small.toMillis() + " events_" + LARGE + "="
                + large.toMillis());
        assertThat(large).isLessThan(Duration.ofSeconds(10));
        assertThat(large).isLessThan(small.multipliedBy(2).plusSeconds(1));
    }

    private Duration restart(int events) throws IOException {
        Duration best = Duration.ofDays(1);
        for (int i = 0; i < RESTARTS; i++) {
            try (ServerProcess server = ServerProcess.start(folder.resolve("data"), "-Xmx256m")) {
                fill(Connection.to(clients, server.target()), events);
                server.kill();
            }
            long killed = System.nanoTime();
            try (ServerProcess again = ServerProcess.start(folder.resolve("data"), "-Xmx256m")) {
                long head = await(Connection.to(clients, again.target())
                                .unary(EventServiceGrpcClient.Sync, SyncRequest.getDefaultInstance(), 30_000))
                        .getHeadPosition();
                Duration away = Duration.ofNanos(System.nanoTime() - killed);
                best = away.compareTo(best) < 0 ? away : best;
                assertThat(head).isEqualTo(stored);
            }
        }
        return best;
    }

    private void fill(Connection connection, int events) {
        while (stored < events) {
            List<Future<?>> batches = new ArrayList<>();
            for (int b = 0; b < 16 && stored < events; b++) {
                IngestBatchRequest.Builder request = IngestBatchRequest.newBuilder();
                for (int i = 0; i < Math.min(1_000, events); i++) {
                    request.addEvents(Event.newBuilder()
                            .setId("e" + stored++)
                            .setTag("T.N" + stored % 100)
                            .setJson("{}"));
                }
                batches.add(connection.unary(EventServiceGrpcClient.IngestBatch, request.build(), 60_000));
            }
            done(Future.all(batches));
        }
    }
}
