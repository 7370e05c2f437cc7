package io.eventsync.server;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Target;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.v1.AdminServiceGrpcClient;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.ListSubscriptionsRequest;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscriptionInfo;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Readers that stand still cost what was promised: a server with a small heap holds hundreds of them, and serves the others. */
@Tag("long")
@Timeout(120)
class StalledReadersIT {
    private static final int CONNECTIONS = 10;
    private static final int STREAMS_EACH = 50;
    private static final int BATCHES = 30;
    private static final int BATCH = 100;
    private static final String TEXT = "x".repeat(10_000);

    @TempDir
    Path folder;

    private final Vertx clients = Vertx.vertx();

    @AfterEach
    void close() {
        done(clients.close());
    }

    /** Kept for each reader, the 30 MB of events would be 15 GB. */
    @Test
    void L1_stalledSubscribersCostBoundedMemory_andHealthyOnesGetEverything() throws IOException {
        try (ServerProcess server = ServerProcess.start(
                folder.resolve("data"), "-Xmx128m", "-XX:+ExitOnOutOfMemoryError", "--log-tail-bytes-max=16MiB")) {
            List<Future<Void>> stalled = new ArrayList<>();
            for (int c = 0; c < CONNECTIONS; c++) {
                Connection connection = Connection.to(clients, server.target());
                for (int s = 0; s < STREAMS_EACH; s++) {
                    stalled.add(subscribe(connection, "stalled", null));
                }
            }
            stalled.forEach(TestSql::done);
            AtomicLong healthy = new AtomicLong();
            done(subscribe(Connection.to(clients, server.target()), "healthy", healthy));

            Connection writer = Connection.to(clients, server.target());
            for (int b = 0; b < BATCHES; b++) {
                done(writer.unary(EventServiceGrpcClient.IngestBatch, batch(b), 30_000));
            }

            await().atMost(Duration.ofSeconds(60)).until(() -> healthy.get() == BATCHES * BATCH || !server.isAlive());
            assertThat(server.isAlive()).isTrue();
            assertThat(healthy).hasValue(BATCHES * BATCH);
            assertThat(subscriptions(server.target()))
                    .filteredOn(SubscriptionInfo::getStalled)
                    .hasSize(CONNECTIONS * STREAMS_EACH);
        }
    }

    /** Counts what comes, or takes nothing after the first frame. */
    private Future<Void> subscribe(Connection connection, String name, @Nullable AtomicLong seen) {
        SubscribeRequest request = SubscribeRequest.newBuilder()
                .setClientName(name)
                .setStart(Start.newBuilder().setAfterPosition(0))
                .build();
        return connection
                .open(EventServiceGrpcClient.Subscribe)
                .compose(call -> call.end(request).compose(v -> call.response()).map(frames -> {
                    frames.handler(frame -> {
                        if (seen == null) {
                            frames.pause();
                        } else {
                            seen.addAndGet(frame.getBatch().getEventsCount());
                        }
                    });
                    return null;
                }));
    }

    private static IngestBatchRequest batch(int number) {
        IngestBatchRequest.Builder request = IngestBatchRequest.newBuilder();
        for (int i = 0; i < BATCH; i++) {
            request.addEvents(
                    Event.newBuilder().setId(number + "-" + i).setTag("T").setJson("\"" + TEXT + "\""));
        }
        return request.build();
    }

    private List<SubscriptionInfo> subscriptions(Target target) {
        return await(Connection.to(clients, target)
                        .unary(
                                AdminServiceGrpcClient.ListSubscriptions,
                                ListSubscriptionsRequest.getDefaultInstance(),
                                10_000))
                .getSubscriptionsList();
    }
}
