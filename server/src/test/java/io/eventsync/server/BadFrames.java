package io.eventsync.server;

import static io.eventsync.server.BadInput.INGEST;
import static io.eventsync.server.BadInput.malformed;
import static io.eventsync.server.BadInput.refused;
import static io.eventsync.server.BadInput.row;
import static io.eventsync.server.RawHttp2.framed;
import static io.eventsync.server.RawHttp2.grpc;

import io.eventsync.server.BadInput.Accepted;
import io.eventsync.server.BadInput.Expected;
import io.eventsync.server.BadInput.Http;
import io.eventsync.server.BadInput.StreamReset;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestStreamRequest;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Messages, frames and metadata that break gRPC or protobuf: rows 1 to 19 of the catalogue. */
final class BadFrames {
    static final byte[] VALID = IngestRequest.newBuilder()
            .setEvent(Event.newBuilder().setTag("A"))
            .build()
            .toByteArray();
    private static final String SESSION = "/eventsync.v1.EventService/IngestStream";
    private static final int GROUP = 100 << 3 | 3;

    private BadFrames() {}

    static List<BadInput> rows() {
        return Stream.of(protobuf(), frames(), encodings(), sessions(), paths(), timeouts(), metadata())
                .flatMap(List::stream)
                .toList();
    }

    private static List<BadInput> protobuf() {
        return List.of(
                message("1 field cut off", new byte[] {0x0a, 5, 1}, malformed()),
                message("1 endless varint", bytes("08ffffffffffffffffffffff"), malformed()),
                message("1 wire type 7", new byte[] {0x0f}, malformed()),
                message("1 field number 0", new byte[] {0, 1}, malformed()),
                message("1 random bytes", bytes("deadbeefcafebabe0123456789"), malformed()),
                message("2 invalid UTF-8 in tag", event(2, "c328"), malformed()),
                message("2 overlong NUL in message", event(4, "c080"), malformed()),
                message("45 lone surrogate in message", event(4, "61eda08062"), malformed()),
                message("2 invalid UTF-8 in json", event(5, "22ff22"), malformed()),
                message("3 groups 16,000 deep", groups(16_000), malformed()),
                message("3 groups 101 deep", groups(101), malformed()));
    }

    private static BadInput message(String name, byte[] message, Expected expected) {
        return row(name, client -> client.call(INGEST, message), expected);
    }

    /** An event with one more string field of these octets. */
    private static byte[] event(int field, String octets) {
        byte[] value = bytes(octets);
        Buffer event = Buffer.buffer()
                .appendBytes(Event.newBuilder().setTag("A").build().toByteArray())
                .appendByte((byte) (field << 3 | 2))
                .appendByte((byte) value.length)
                .appendBytes(value);
        return Buffer.buffer(new byte[] {0x0a, (byte) event.length()})
                .appendBuffer(event)
                .getBytes();
    }

    private static byte[] groups(int depth) {
        Buffer open = Buffer.buffer();
        Buffer close = Buffer.buffer();
        for (int i = 0; i < depth; i++) {
            varint(open, GROUP);
            varint(close, GROUP + 1);
        }
        return open.appendBuffer(close).getBytes();
    }

    private static void varint(Buffer to, int value) {
        to.appendByte((byte) ((value & 0x7f) | 0x80)).appendByte((byte) (value >> 7));
    }

    private static List<BadInput> frames() {
        Expected tooLarge = refused(GrpcStatus.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE");
        Expected twoMessages = refused(GrpcStatus.UNIMPLEMENTED, "TOO_MANY_MESSAGES");
        byte[] two =
                Buffer.buffer(framed(0, VALID)).appendBytes(framed(0, VALID)).getBytes();
        return List.of(
                body("4 length of 4 GB", framed(0, -1, new byte[3]), tooLarge),
                row(
                        "4 length of 4 GB, request stays open",
                        client -> sendOnly(client, framed(0, -1, new byte[3])),
                        tooLarge),
                body("4 length of 2 GB", framed(0, Integer.MAX_VALUE, new byte[3]), tooLarge),
                body("4 length over the limit", framed(0, (4 << 20) + 1, new byte[3]), tooLarge),
                body("5 10 bytes announced, 3 sent", framed(0, 10, new byte[3]), malformed()),
                body("5 length cut off", Arrays.copyOf(framed(0, VALID), 3), malformed()),
                body("6 no message", new byte[0], malformed()),
                row("6 no body", client -> client.answer(client.open(true, grpc(INGEST))), malformed()),
                body("7 two messages", two, twoMessages),
                row("7 two messages in two frames", BadFrames::sendTwice, twoMessages),
                body(
                        "7 a message and half a message",
                        Buffer.buffer(framed(0, VALID))
                                .appendBytes(framed(0, 10, new byte[3]))
                                .getBytes(),
                        malformed()),
                body("8 compressed flag without encoding", framed(1, VALID), malformed()),
                body("11 flag 0xFE", framed(0xfe, VALID), malformed()),
                body("11 flag 2", framed(2, VALID), malformed()));
    }

    private static BadInput body(String name, byte[] body, Expected expected, String... headers) {
        return row(
                name,
                client -> {
                    int id = client.open(false, grpc(INGEST, headers));
                    client.data(id, body, true);
                    return client.answer(id);
                },
                expected);
    }

    private static WireAnswer sendOnly(RawHttp2 client, byte[] body) {
        int id = client.open(false, grpc(INGEST));
        client.data(id, body, false);
        return client.answer(id);
    }

    private static WireAnswer sendTwice(RawHttp2 client) {
        int id = client.open(false, grpc(INGEST));
        client.data(id, framed(0, VALID), false);
        client.data(id, framed(0, VALID), true);
        return client.answer(id);
    }

    private static List<BadInput> encodings() {
        List<BadInput> rows = new ArrayList<>();
        for (String encoding : List.of("snappy", "gzip", "deflate", "", "IDENTITY")) {
            String name = "9 grpc-encoding '" + encoding + "', flag ";
            rows.add(body(name + 0, framed(0, VALID), new EncodingRefused(), "grpc-encoding", encoding));
            rows.add(body(name + 1, framed(1, VALID), new EncodingRefused(), "grpc-encoding", encoding));
        }
        rows.add(body(
                "9 grpc-encoding of 4,000 characters",
                framed(0, VALID),
                new EncodingRefused(),
                "grpc-encoding",
                "a".repeat(4_000)));
        rows.add(body("9 grpc-encoding identity", framed(0, VALID), new Accepted(1), "grpc-encoding", "identity"));
        rows.add(body("8 compressed flag, identity", framed(1, VALID), malformed(), "grpc-encoding", "identity"));
        return rows;
    }

    private static List<BadInput> sessions() {
        byte[] second = IngestStreamRequest.newBuilder().setSequence(2).build().toByteArray();
        Expected gap = refused(GrpcStatus.ABORTED, "SEQUENCE_GAP");
        return List.of(
                session("1 garbage in a session", framed(0, new byte[] {0x0a, 5, 1}), malformed()),
                session("5 session cut off", framed(0, 10, new byte[3]), malformed()),
                session("8 compressed flag in a session", framed(1, VALID), malformed()),
                session(
                        "4 length of 4 GB in a session",
                        framed(0, -1, new byte[3]),
                        refused(GrpcStatus.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE")),
                session("session begins with 2", framed(0, second), gap));
    }

    private static BadInput session(String name, byte[] body, Expected expected) {
        return row(
                name,
                client -> {
                    int id = client.open(false, grpc(SESSION));
                    client.data(id, body, true);
                    return client.answer(id);
                },
                expected);
    }

    private static List<BadInput> paths() {
        Expected unknown = refused(GrpcStatus.UNIMPLEMENTED, "FEATURE_OFF");
        List<BadInput> rows = new ArrayList<>();
        for (String path : List.of(
                "/eventsync.v1.EventService/Nope",
                "/eventsync.v1.EventService/ingest",
                "/eventsync.v1.EventService/",
                "/eventsync.v1.EventService",
                "/eventsync.v1.EventService/Ingest/more",
                "/eventsync.v1.EventService//Ingest",
                "/eventsync.v2.EventService/Ingest",
                "/EventService/Ingest",
                "/noslash",
                "/")) {
            rows.add(row("12 path " + path, client -> client.call(path, VALID), unknown));
        }
        for (String type :
                List.of("text/plain", "application/json", "", "application/grpcx", "application/grpc2+proto")) {
            rows.add(row("13 content-type '" + type + "'", client -> send(client, withType(type)), new Http(415)));
        }
        rows.add(row("13 no content-type", client -> send(client, withoutType()), new Http(415)));
        rows.add(row("13 GET", client -> send(client, with(":method", "GET")), new Http(405)));
        return rows;
    }

    private static List<String> withType(String type) {
        return with("content-type", type);
    }

    private static List<String> with(String name, String value) {
        List<String> headers = new ArrayList<>(grpc(INGEST));
        headers.set(headers.indexOf(name) + 1, value);
        return headers;
    }

    private static List<String> withoutType() {
        List<String> headers = new ArrayList<>(grpc(INGEST));
        int at = headers.indexOf("content-type");
        headers.subList(at, at + 2).clear();
        return headers;
    }

    private static WireAnswer send(RawHttp2 client, List<String> headers) {
        int id = client.open(false, headers);
        client.data(id, framed(0, VALID), true);
        return client.answer(id);
    }

    private static List<BadInput> timeouts() {
        List<BadInput> rows = new ArrayList<>();
        for (String timeout : List.of("abc", "-1S", "1", "123456789S", "", "S", "1s", "1 S", "+1S", "0x1S", "1.5S")) {
            rows.add(withHeader("14", "grpc-timeout", timeout, badMetadata()));
        }
        for (String timeout : List.of("0n", "0S", "1n", "999u")) {
            rows.add(withHeader(
                    "15", "grpc-timeout", timeout, refused(GrpcStatus.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED")));
        }
        for (String timeout : List.of("99999999H", "99999999M", "99999999S", "10S")) {
            rows.add(withHeader("16", "grpc-timeout", timeout, new Accepted(1)));
        }
        return rows;
    }

    private static Expected badMetadata() {
        return refused(GrpcStatus.INVALID_ARGUMENT, "METADATA_INVALID");
    }

    private static List<BadInput> metadata() {
        return List.of(
                withHeader("17", "x-long", "a".repeat(9_000), new Http(431)),
                withHeader("18", "x-bin", "!!!", badMetadata()),
                withHeader("18", "x-bin", "YQ=", badMetadata()),
                withHeader("18", "x-bin", "YQ==", new Accepted(1)),
                withHeader("18", "x-bin", "YQ", new Accepted(1)),
                withHeader("18 joined values,", "x-bin", "YQ==,Yg,", new Accepted(1)),
                badHeader("X-Upper", "a"),
                badHeader("x-crlf", "a\r\nb: c"),
                badHeader("x-nul", "a\0b"),
                badHeader("connection", "close"),
                badHeader(":unknown", "a"),
                withHeader("11 the server's own mark", "eventsync-frame", "flag", malformed()));
    }

    private static BadInput withHeader(String row, String name, String value, Expected expected) {
        String shown = value.length() > 40 ? value.length() + " bytes" : value;
        return row(
                row + " " + name + ": " + shown.replaceAll("\\p{Cntrl}", "?"),
                client -> client.call(INGEST, VALID, name, value),
                expected);
    }

    /** Without a body: the library does not know the stream that it reset, so DATA on it would end the connection. */
    private static BadInput badHeader(String name, String value) {
        return row(
                "19 " + name + ": " + value.replaceAll("\\p{Cntrl}", "?"),
                client -> client.answer(client.open(true, grpc(INGEST, name, value))),
                new StreamReset(RawHttp2.PROTOCOL_ERROR));
    }

    private static byte[] bytes(String hex) {
        return java.util.HexFormat.of().parseHex(hex);
    }

    /** UNIMPLEMENTED, saying which encodings there are. */
    private record EncodingRefused() implements Expected {
        @Override
        public void check(RawHttp2 client, WireAnswer answer) {
            refused(GrpcStatus.UNIMPLEMENTED, "ENCODING_UNSUPPORTED").check(client, answer);
            org.assertj.core.api.Assertions.assertThat(answer.headers())
                    .containsEntry("grpc-accept-encoding", "identity");
        }
    }
}
