package io.eventsync.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Status;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestResponse;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscribeResponse;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** gRPC-Web in its binary form over HTTP/1.1, as browsers speak it. */
class GrpcWebIT {
    private static final int TRAILERS = 0x80;

    private static TestServer server;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** A message, or the trailers at the end of a body. */
    private record Frame(int flag, ByteString octets) {
        Map<String, String> trailers() {
            return octets.toStringUtf8()
                    .lines()
                    .filter(line -> !line.isBlank())
                    .map(line -> line.split(":", 2))
                    .collect(Collectors.toMap(pair -> pair[0].strip(), pair -> pair[1].strip()));
        }
    }

    @BeforeAll
    static void startServer() {
        server = TestServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void event_isStored_whenIngested() throws Exception {
        List<Frame> frames = call("Ingest", ingest("web-1", "A.WEB"));

        assertThat(frames).extracting(Frame::flag).containsExactly(0, TRAILERS);
        assertThat(IngestResponse.parseFrom(frames.get(0).octets()).getResult().getId())
                .isEqualTo("web-1");
        assertThat(frames.get(1).trailers()).containsEntry("grpc-status", "0");
        assertThat(server.query("select id from eventsync.event")).contains("web-1");
    }

    /** An answer without a message has its status in the headers (gRPC-Web, "Trailers-only"). */
    @Test
    void error_carriesItsDetails_whenFieldIsBad() throws Exception {
        HttpResponse<byte[]> response = send("Ingest", RawHttp2.framed(0, ingest("web-2", "A..B")));

        assertThat(header(response, "grpc-status")).isEqualTo("3");
        Status status = Status.parseFrom(Base64.getDecoder().decode(header(response, "grpc-status-details-bin")));
        assertThat(status.getMessage()).startsWith("event.tag: ");
        assertThat(status.getDetailsCount()).isEqualTo(2);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void stream_bringsEvents_whenSubscribed() throws Exception {
        List<Frame> ignored = call("Ingest", ingest("web-3", "STREAMED"));
        SubscribeRequest request = SubscribeRequest.newBuilder()
                .setFilter(io.eventsync.v1.Filter.newBuilder().addTagPrefixes("STREAMED"))
                .setStart(Start.newBuilder().setAfterPosition(0))
                .build();

        HttpResponse<InputStream> response = http.send(
                request("Subscribe", RawHttp2.framed(0, request.toByteArray())),
                HttpResponse.BodyHandlers.ofInputStream());
        try (DataInputStream in = new DataInputStream(response.body())) {
            SubscribeResponse started = frame(in);
            SubscribeResponse batch = frame(in);

            assertThat(started.hasStarted()).isTrue();
            assertThat(batch.getBatch().getEventsList())
                    .singleElement()
                    .extracting(Event::getId)
                    .isEqualTo("web-3");
        }
    }

    @Test
    void error_isAnswered_whenMessageIsCutOff() throws Exception {
        HttpResponse<byte[]> response = send("Ingest", RawHttp2.framed(0, 10, new byte[3]));

        assertThat(header(response, "grpc-status")).isEqualTo("3");
    }

    private static byte[] ingest(String id, String tag) {
        return IngestRequest.newBuilder()
                .setEvent(Event.newBuilder().setId(id).setTag(tag))
                .build()
                .toByteArray();
    }

    private List<Frame> call(String method, byte[] message) throws IOException, InterruptedException {
        return frames(send(method, RawHttp2.framed(0, message)).body());
    }

    private HttpResponse<byte[]> send(String method, byte[] body) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = http.send(request(method, body), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "content-type")).startsWith("application/grpc-web");
        return response;
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static HttpRequest request(String method, byte[] body) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.port() + "/eventsync.v1.EventService/" + method))
                .timeout(Duration.ofSeconds(15))
                .header("content-type", "application/grpc-web+proto")
                .header("x-grpc-web", "1")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    private static List<Frame> frames(byte[] body) throws IOException {
        List<Frame> frames = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
            while (in.available() > 0) {
                int flag = in.readUnsignedByte();
                frames.add(new Frame(flag, ByteString.copyFrom(in.readNBytes(in.readInt()))));
            }
        }
        return frames;
    }

    private static SubscribeResponse frame(DataInputStream in) throws IOException, InvalidProtocolBufferException {
        assertThat(in.readUnsignedByte()).isZero();
        return SubscribeResponse.parseFrom(in.readNBytes(in.readInt()));
    }
}
