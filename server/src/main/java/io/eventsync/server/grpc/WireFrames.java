package io.eventsync.server.grpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.eventsync.server.event.LogEvent;
import io.eventsync.v1.GetEventResponse;
import io.eventsync.v1.SubscribeResponse;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Answers that carry events, put together from the events' stored bytes: nothing is decoded and encoded again on the way from the log
 * to the client. Together with the log's own EventWire the one exception to "the edge builds messages with the generated classes".
 */
final class WireFrames {
    private WireFrames() {}

    /** A SubscribeResponse with a cursor and an EventBatch. */
    static Buffer batch(String cursor, List<LogEvent> events) {
        int batchSize = eventsSize(SubscribeResponse.EventBatch.EVENTS_FIELD_NUMBER, events);
        int size = CodedOutputStream.computeStringSize(SubscribeResponse.CURSOR_FIELD_NUMBER, cursor)
                + CodedOutputStream.computeTagSize(SubscribeResponse.BATCH_FIELD_NUMBER)
                + CodedOutputStream.computeUInt32SizeNoTag(batchSize)
                + batchSize;
        return write(size, out -> {
            out.writeString(SubscribeResponse.CURSOR_FIELD_NUMBER, cursor);
            out.writeTag(SubscribeResponse.BATCH_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(batchSize);
            writeEvents(out, SubscribeResponse.EventBatch.EVENTS_FIELD_NUMBER, events);
        });
    }

    /** A SyncResponse, from one without events and the events. */
    static Buffer sync(SyncResponse rest, List<LogEvent> events) {
        return write(rest.getSerializedSize() + eventsSize(SyncResponse.EVENTS_FIELD_NUMBER, events), out -> {
            writeEvents(out, SyncResponse.EVENTS_FIELD_NUMBER, events);
            rest.writeTo(out);
        });
    }

    /** A ListEventsResponse, from its token and its events. */
    static Buffer list(io.eventsync.v1.ListEventsResponse rest, List<LogEvent> events) {
        int field = io.eventsync.v1.ListEventsResponse.EVENTS_FIELD_NUMBER;
        return write(rest.getSerializedSize() + eventsSize(field, events), out -> {
            writeEvents(out, field, events);
            rest.writeTo(out);
        });
    }

    /** A PreviewFilterResponse, from its numbers and its samples. */
    static Buffer preview(io.eventsync.v1.PreviewFilterResponse rest, List<LogEvent> samples) {
        int field = io.eventsync.v1.PreviewFilterResponse.SAMPLES_FIELD_NUMBER;
        return write(rest.getSerializedSize() + eventsSize(field, samples), out -> {
            writeEvents(out, field, samples);
            rest.writeTo(out);
        });
    }

    static Buffer single(LogEvent event) {
        int field = GetEventResponse.EVENT_FIELD_NUMBER;
        return write(eventsSize(field, List.of(event)), out -> writeEvents(out, field, List.of(event)));
    }

    private static int eventsSize(int field, List<LogEvent> events) {
        int size = 0;
        for (LogEvent event : events) {
            size += CodedOutputStream.computeByteArraySize(field, event.wire());
        }
        return size;
    }

    private static void writeEvents(CodedOutputStream out, int field, List<LogEvent> events) throws IOException {
        for (LogEvent event : events) {
            out.writeByteArray(field, event.wire());
        }
    }

    private interface Body {
        void writeTo(CodedOutputStream out) throws IOException;
    }

    private static Buffer write(int size, Body body) {
        byte[] bytes = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            body.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("the computed size is wrong", e);
        }
        return Buffer.buffer(bytes);
    }
}
