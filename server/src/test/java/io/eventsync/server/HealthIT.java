package io.eventsync.server;

import static io.eventsync.server.RawHttp2.framed;
import static io.eventsync.server.RawHttp2.grpc;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** grpc.health.v1. */
class HealthIT {
    private static final String CHECK = "/grpc.health.v1.Health/Check";
    private static final String WATCH = "/grpc.health.v1.Health/Watch";
    private static final int FRAME_BYTES = 7;

    @ParameterizedTest
    @ValueSource(strings = {"", "eventsync.v1.EventService", "grpc.health.v1.Health"})
    void service_isServing_whenServerRuns(String service) throws Exception {
        try (TestServer server = TestServer.start();
                RawHttp2 client = RawHttp2.connect(server.port())) {
            WireAnswer answer = client.call(CHECK, request(service));

            assertThat(statuses(answer)).containsExactly(ServingStatus.SERVING);
        }
    }

    @Test
    void service_isNotFound_whenUnknown() {
        try (TestServer server = TestServer.start();
                RawHttp2 client = RawHttp2.connect(server.port())) {
            assertThat(client.call(CHECK, request("no.Such")).grpcStatus()).isEqualTo(5);
        }
    }

    @Test
    void watch_bringsOnlyChanges_andEnds_whenServerStops() throws Exception {
        TestServer server = TestServer.start();
        try (server;
                RawHttp2 client = RawHttp2.connect(server.port())) {
            int known = watch(client, "");
            int unknown = watch(client, "no.Such");
            assertThat(client.body(known, FRAME_BYTES)).hasSize(FRAME_BYTES);
            assertThat(client.body(unknown, FRAME_BYTES)).hasSize(FRAME_BYTES);

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::stop);

            WireAnswer last = client.answer(known);
            assertThat(statuses(last)).containsExactly(ServingStatus.SERVING, ServingStatus.NOT_SERVING);
            assertThat(last.grpcStatus()).isEqualTo(14);
            assertThat(statuses(client.answer(unknown))).containsExactly(ServingStatus.SERVICE_UNKNOWN);
            stopped.join();
        }
    }

    private static int watch(RawHttp2 client, String service) {
        int id = client.open(false, grpc(WATCH));
        client.data(id, framed(0, request(service)), true);
        return id;
    }

    private static byte[] request(String service) {
        return HealthCheckRequest.newBuilder().setService(service).build().toByteArray();
    }

    private static List<ServingStatus> statuses(WireAnswer answer) throws InvalidProtocolBufferException {
        List<ServingStatus> statuses = new ArrayList<>();
        for (byte[] message : answer.messages()) {
            statuses.add(HealthCheckResponse.parseFrom(message).getStatus());
        }
        return statuses;
    }
}
