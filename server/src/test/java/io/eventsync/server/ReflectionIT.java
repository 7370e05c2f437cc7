package io.eventsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Server reflection in both of its versions, whose messages are the same octets. */
class ReflectionIT {
    private static TestServer server;

    @BeforeAll
    static void startServer() {
        server = TestServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1alpha"})
    void services_areAllListed_whenAsked(String version) throws Exception {
        ServerReflectionResponse response = ask(
                version,
                ServerReflectionRequest.newBuilder().setListServices("").build());

        assertThat(response.getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .containsExactlyInAnyOrder(
                        "eventsync.v1.EventService",
                        "eventsync.v1.ConsumerService",
                        "eventsync.v1.EndpointService",
                        "eventsync.v1.DeliveryService",
                        "eventsync.v1.AdminService",
                        "grpc.health.v1.Health",
                        "grpc.reflection.v1.ServerReflection",
                        "grpc.reflection.v1alpha.ServerReflection");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1alpha"})
    void errorDetails_areFound_whenAskedBySymbol(String version) throws Exception {
        assertThat(files(version, "google.rpc.BadRequest")).contains("google/rpc/error_details.proto");
        assertThat(files(version, "eventsync.v1.Reason")).contains("eventsync/v1/error.proto");
        assertThat(files(version, "eventsync.v1.EventService.Ingest"))
                .contains("eventsync/v1/event_service.proto", "eventsync/v1/event.proto", "google/rpc/status.proto");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1alpha"})
    void symbol_isNotFound_whenThereIsNone(String version) throws Exception {
        ServerReflectionResponse response = ask(
                version,
                ServerReflectionRequest.newBuilder()
                        .setFileContainingSymbol("no.Such")
                        .build());

        assertThat(response.getErrorResponse().getErrorCode()).isEqualTo(5);
    }

    private static List<String> files(String version, String symbol) throws InvalidProtocolBufferException {
        ServerReflectionResponse response = ask(
                version,
                ServerReflectionRequest.newBuilder()
                        .setFileContainingSymbol(symbol)
                        .build());
        List<String> names = new ArrayList<>();
        for (ByteString file : response.getFileDescriptorResponse().getFileDescriptorProtoList()) {
            names.add(FileDescriptorProto.parseFrom(file).getName());
        }
        return names;
    }

    private static ServerReflectionResponse ask(String version, ServerReflectionRequest request)
            throws InvalidProtocolBufferException {
        try (RawHttp2 client = RawHttp2.connect(server.port())) {
            WireAnswer answer = client.call(
                    "/grpc.reflection." + version + ".ServerReflection/ServerReflectionInfo", request.toByteArray());

            assertThat(answer.grpcStatus()).isZero();
            assertThat(answer.messages()).hasSize(1);
            return ServerReflectionResponse.parseFrom(answer.messages().get(0));
        }
    }
}
