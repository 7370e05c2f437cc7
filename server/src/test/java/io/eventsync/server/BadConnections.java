package io.eventsync.server;

import static io.eventsync.server.BadInput.INGEST;
import static io.eventsync.server.BadInput.row;
import static io.eventsync.server.RawHttp2.grpc;
import static io.eventsync.server.RawHttp2.number;

import io.eventsync.server.BadInput.ConnectionEnds;
import io.eventsync.server.BadInput.StreamReset;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Clients that break or abuse HTTP/2: rows 20 to 22 of the catalogue. */
final class BadConnections {
    private static final int FLOOD = 12_000;
    private static final WireAnswer NONE = new WireAnswer(Map.of(), Buffer.buffer(), OptionalInt.empty());

    private BadConnections() {}

    static List<BadInput> rows() {
        return List.of(
                row(
                        "20 DATA on an idle stream",
                        BadConnections::dataOnIdle,
                        new ConnectionEnds(List.of(RawHttp2.PROTOCOL_ERROR))),
                row(
                        "20 frame over 16 KiB",
                        BadConnections::longFrame,
                        new ConnectionEnds(List.of(RawHttp2.FRAME_SIZE_ERROR))),
                row(
                        "20 window of a stream overflows",
                        client -> credit(client, client.open(false, grpc(INGEST))),
                        new StreamReset(RawHttp2.FLOW_CONTROL_ERROR)),
                row(
                        "20 window of the connection overflows",
                        client -> credit(client, 0),
                        new ConnectionEnds(List.of(RawHttp2.FLOW_CONTROL_ERROR))),
                row(
                        "20 initial window of 2^31",
                        BadConnections::initialWindow,
                        new ConnectionEnds(List.of(RawHttp2.FLOW_CONTROL_ERROR))),
                row(
                        "21 rapid reset",
                        BadConnections::rapidReset,
                        new ConnectionEnds(List.of(RawHttp2.ENHANCE_YOUR_CALM))),
                row(
                        "21 endless CONTINUATION",
                        BadConnections::continuations,
                        new ConnectionEnds(List.of(RawHttp2.ENHANCE_YOUR_CALM))),
                row(
                        "21 empty DATA",
                        BadConnections::emptyData,
                        new ConnectionEnds(List.of(RawHttp2.ENHANCE_YOUR_CALM))),
                row(
                        "21 resets provoked",
                        BadConnections::provokedResets,
                        new ConnectionEnds(List.of(RawHttp2.PROTOCOL_ERROR, RawHttp2.ENHANCE_YOUR_CALM))),
                row("22 a stream too many", BadConnections::tooManyStreams, new StreamReset(RawHttp2.REFUSED_STREAM)));
    }

    private static WireAnswer dataOnIdle(RawHttp2 client) {
        client.frame(RawHttp2.DATA, 0, client.reserve(), new byte[1]);
        return NONE;
    }

    private static WireAnswer longFrame(RawHttp2 client) {
        client.frame(RawHttp2.DATA, 0, client.open(false, grpc(INGEST)), new byte[(16 << 10) + 1]);
        return NONE;
    }

    private static WireAnswer credit(RawHttp2 client, int id) {
        client.frame(RawHttp2.WINDOW_UPDATE, 0, id, number(Integer.MAX_VALUE));
        return id == 0 ? NONE : client.answer(id);
    }

    private static WireAnswer initialWindow(RawHttp2 client) {
        client.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, (byte) 0x80, 0, 0, 0});
        return NONE;
    }

    private static WireAnswer rapidReset(RawHttp2 client) {
        for (int i = 0; i < FLOOD && client.goAway().isEmpty(); i++) {
            client.reset(client.open(false, grpc(INGEST)), RawHttp2.CANCEL);
        }
        return NONE;
    }

    private static WireAnswer continuations(RawHttp2 client) {
        int id = client.reserve();
        client.frame(RawHttp2.HEADERS, 0, id, new byte[0]);
        for (int i = 0; i < FLOOD && client.goAway().isEmpty(); i++) {
            client.frame(RawHttp2.CONTINUATION, 0, id, new byte[0]);
        }
        return NONE;
    }

    private static WireAnswer emptyData(RawHttp2 client) {
        int id = client.open(false, grpc(INGEST));
        for (int i = 0; i < FLOOD && client.goAway().isEmpty(); i++) {
            client.frame(RawHttp2.DATA, 0, id, new byte[0]);
        }
        return NONE;
    }

    /** Has the server send the resets: cheap for the client, and not counted where only the client's own are. */
    private static WireAnswer provokedResets(RawHttp2 client) {
        for (int i = 0; i < FLOOD && client.goAway().isEmpty(); i++) {
            client.frame(RawHttp2.WINDOW_UPDATE, 0, client.open(false, grpc(INGEST)), number(Integer.MAX_VALUE));
        }
        return NONE;
    }

    private static WireAnswer tooManyStreams(RawHttp2 client) {
        client.flush();
        for (int i = 0; i < BadInputIT.STREAMS_MAX; i++) {
            int unused = client.open(false, grpc(INGEST));
        }
        int refused = client.open(false, grpc(INGEST));
        WireAnswer answer = client.answer(refused);
        for (int id = 1; id < refused; id += 2) {
            client.reset(id, RawHttp2.CANCEL);
        }
        return answer;
    }
}
