package io.eventsync.server.event;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Puts a stored event back into the wire form of {@code eventsync.v1.Event}. Fields of a protobuf message may stand in any order, so
 * this is a copy of the stored body between what the log keeps in columns. The one place outside the gRPC edge that knows field
 * numbers, so that reading decodes nothing; a test holds them to the contract.
 */
final class EventWire {
    static final int ID = 1;
    static final int TAG = 2;
    static final int POSITION = 11;
    static final int INGEST_TIME = 12;

    private static final int SECONDS = 1;
    private static final int NANOS = 2;

    private EventWire() {}

    static byte[] encode(LogEvent event) {
        long seconds = Math.floorDiv(event.ingestMicros(), 1_000_000L);
        int nanos = (int) Math.floorMod(event.ingestMicros(), 1_000_000L) * 1_000;
        int timeSize =
                CodedOutputStream.computeInt64Size(SECONDS, seconds) + CodedOutputStream.computeInt32Size(NANOS, nanos);
        int size = CodedOutputStream.computeStringSize(ID, event.id())
                + CodedOutputStream.computeStringSize(TAG, event.tag())
                + event.body().length
                + CodedOutputStream.computeInt64Size(POSITION, event.position())
                + CodedOutputStream.computeTagSize(INGEST_TIME)
                + CodedOutputStream.computeUInt32SizeNoTag(timeSize)
                + timeSize;
        byte[] bytes = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeString(ID, event.id());
            out.writeString(TAG, event.tag());
            out.writeRawBytes(event.body());
            out.writeInt64(POSITION, event.position());
            out.writeTag(INGEST_TIME, com.google.protobuf.WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(timeSize);
            out.writeInt64(SECONDS, seconds);
            out.writeInt32(NANOS, nanos);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("the computed size is wrong", e);
        }
        return bytes;
    }
}
