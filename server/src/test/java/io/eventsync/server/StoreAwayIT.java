package io.eventsync.server;

import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.RpcException;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestResponse;
import io.eventsync.v1.ListEndpointsRequest;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.grpc.client.InvalidStatusException;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Postgres says in its own words is not a defect of the server. */
@Timeout(60)
class StoreAwayIT {
    @Test
    void L3_syncAnswersUnavailable_whenPostgresRefusesThePage() {
        try (TestServer writer = TestServer.start()) {
            done(writer.events()
                    .ingest(IngestRequest.newBuilder()
                            .setEvent(Event.newBuilder().setTag("T"))
                            .build()));
            // A node that started later has nothing in memory.
            try (TestServer reader = TestServer.start(writer.database(), Map.of())) {
                writer.execute("alter table eventsync.event rename to event_away");

                assertThatThrownBy(() -> done(reader.events().sync(SyncRequest.getDefaultInstance())))
                        .isInstanceOfSatisfying(
                                InvalidStatusException.class,
                                refused -> assertThat(refused.actualStatus()).isEqualTo(GrpcStatus.UNAVAILABLE));
                writer.execute("alter table eventsync.event_away rename to event");
            }
        }
    }

    /** Refused connections are a Postgres that is down, swallowed bytes a network that is cut. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void L3_ingestIsRefusedInTime_andStreamsGoOn_whenPostgresIsAwayForAWhile(boolean swallows) {
        PgConnectOptions direct = TestPostgres.freshTcpDatabase();
        try (FaultProxy network = FaultProxy.to(direct.getPort());
                TestServer server = TestServer.start(
                        new PgConnectOptions(direct).setHost("127.0.0.1").setPort(network.port()), Map.of())) {
            List<String> seen = new CopyOnWriteArrayList<>();
            AtomicBoolean isOver = new AtomicBoolean();
            done(server.events()
                    .subscribe(SubscribeRequest.newBuilder()
                            .setStart(Start.newBuilder().setAfterPosition(0))
                            .build())
                    .map(frames -> frames.handler(
                                    frame -> frame.getBatch().getEventsList().forEach(event -> seen.add(event.getId())))
                            .exceptionHandler(e -> isOver.set(true))
                            .endHandler(v -> isOver.set(true))));
            done(ingest(server, "before"));
            await().until(() -> seen.equals(List.of("before")));

            if (swallows) {
                network.blackHole();
            } else {
                network.refuse();
            }
            long asked = System.nanoTime();
            assertThatThrownBy(() -> done(ingest(server, "after")))
                    .isInstanceOfSatisfying(
                            InvalidStatusException.class,
                            refused -> assertThat(refused.actualStatus()).isEqualTo(GrpcStatus.UNAVAILABLE));
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(20));
            assertThat(isOver).isFalse();

            network.heal();
            long healed = System.nanoTime();
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .untilAsserted(() -> done(ingest(server, "after")));
            await().atMost(Duration.ofSeconds(20)).until(() -> seen.contains("after"));
            System.out.println("StoreAwayIT swallows=" + swallows + " refused_ms="
                    + Duration.ofNanos(healed - asked).toMillis() + " back_ms="
                    + Duration.ofNanos(System.nanoTime() - healed).toMillis());
            assertThat(seen).containsExactly("before", "after");
            assertThat(isOver).isFalse();
        }
    }

    /** A firewall that forgets connections tells nobody. */
    @Test
    void L3_everythingGoesOn_onNewConnections_whenTheOldAreForgotten() {
        PgConnectOptions direct = TestPostgres.freshTcpDatabase();
        try (FaultProxy network = FaultProxy.to(direct.getPort());
                TestServer other = TestServer.start(direct, Map.of());
                TestServer server = TestServer.start(
                        new PgConnectOptions(direct).setHost("127.0.0.1").setPort(network.port()),
                        Map.of("database-answer-timeout", "2s"))) {
            done(ingest(server, "before"));

            network.forget();
            done(ingest(other, "after"));

            await().atMost(Duration.ofSeconds(20)).until(() -> {
                SyncResponse page = TestSql.await(server.events().sync(SyncRequest.getDefaultInstance()));
                return page.getEventsCount() == 2;
            });
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptions()
                    .untilAsserted(
                            () -> done(server.endpoints().listEndpoints(ListEndpointsRequest.getDefaultInstance())));
        }
    }

    /** In Postgres's own words for a full disk; reading goes on. */
    @Test
    void L4_ingestIsRefusedWithDiskLow_andReadsGoOn_whenPostgresHasNoRoom() {
        try (TestServer server = TestServer.start();
                RawHttp2 client = RawHttp2.connect(server.port())) {
            done(ingest(server, "before"));
            server.execute("""
                    create function no_room() returns trigger language plpgsql as $$
                    begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
                    create trigger no_room before insert on eventsync.event for each row execute function no_room()
                    """);

            WireAnswer refused = client.call(
                    "/eventsync.v1.EventService/Ingest",
                    IngestRequest.newBuilder()
                            .setEvent(Event.newBuilder().setId("after").setTag("T"))
                            .build()
                            .toByteArray());
            assertThat(refused.reason()).isEqualTo("DISK_LOW");
            assertThat(refused.grpcStatus()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED.code);
            assertThat(TestSql.await(server.events().sync(SyncRequest.getDefaultInstance()))
                            .getEventsList())
                    .extracting(Event::getId)
                    .containsExactly("before");

            server.execute("drop trigger no_room on eventsync.event");
            done(ingest(server, "after"));
            assertThat(server.storedEvents()).isEqualTo(2);
        }
    }

    /** The bound is more than any disk has left; the same server with its own bound takes the event. */
    @Test
    void L4_ingestIsRefused_beforeTheDiskIsFull(@TempDir Path folder) throws IOException {
        Vertx vertx = Vertx.vertx();
        IngestRequest event = IngestRequest.newBuilder()
                .setEvent(Event.newBuilder().setId("e").setTag("T"))
                .build();
        try (ServerProcess server = ServerProcess.start(
                folder, "-Xmx128m", "--database-disk-free-min=1024TiB", "--delivery-enabled=false")) {
            Connection connection = Connection.to(vertx, server.target());
            assertThatThrownBy(() -> done(connection.unary(EventServiceGrpcClient.Ingest, event, 10_000)))
                    .isInstanceOfSatisfying(
                            RpcException.class,
                            refused -> assertThat(refused.reason()).isEqualTo("DISK_LOW"));
            assertThat(TestSql.await(connection.unary(
                                    EventServiceGrpcClient.Sync, SyncRequest.getDefaultInstance(), 10_000))
                            .getUpToDate())
                    .isTrue();
        } finally {
            done(vertx.close());
        }
    }

    private static Future<IngestResponse> ingest(TestServer server, String id) {
        return server.events()
                .ingest(IngestRequest.newBuilder()
                        .setEvent(Event.newBuilder().setId(id).setTag("T"))
                        .build());
    }
}
