package io.eventsync.server.event;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Puts a stored event back into the wire form of {@code eventsync.v1.Event}. Fields of a protobuf message may stand in any order, so
 * this is a copy of the stored body between what the log keeps in columns. With {@link StoredBody} and {@link ContentReader} the one
 * place outside the gRPC edge that knows field numbers, so that reading decodes nothing; a test holds them to the contract.
 */
final class EventWire {
    static final int ID = 1;
    static final int TAG = 2;
    static final int POSITION = 11;
    static final int INGEST_TIME = 12;

    private static final int SECONDS = 1;
    private static final int NANOS = 2;

    private static final int ID_TAG = StoredBody.lengthDelimited(ID);
    private static final int TAG_TAG = StoredBody.lengthDelimited(TAG);
    private static final int POSITION_TAG = varint(POSITION);
    private static final int INGEST_TIME_TAG = StoredBody.lengthDelimited(INGEST_TIME);
    private static final int SECONDS_TAG = varint(SECONDS);
    private static final int NANOS_TAG = varint(NANOS);

    private EventWire() {}

    private static int varint(int field) {
        return field << 3 | WireFormat.WIRETYPE_VARINT;
    }

    static byte[] encode(String id, String tag, byte[] body, long position, long ingestMicros) {
        long seconds = Math.floorDiv(ingestMicros, 1_000_000L);
        int nanos = (int) Math.floorMod(ingestMicros, 1_000_000L) * 1_000;
        int timeSize =
                CodedOutputStream.computeInt64Size(SECONDS, seconds) + CodedOutputStream.computeInt32Size(NANOS, nanos);
        int size = CodedOutputStream.computeStringSize(ID, id)
                + CodedOutputStream.computeStringSize(TAG, tag)
                + body.length
                + CodedOutputStream.computeInt64Size(POSITION, position)
                + CodedOutputStream.computeTagSize(INGEST_TIME)
                + CodedOutputStream.computeUInt32SizeNoTag(timeSize)
                + timeSize;
        byte[] bytes = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeString(ID, id);
            out.writeString(TAG, tag);
            out.writeRawBytes(body);
            out.writeInt64(POSITION, position);
            out.writeTag(INGEST_TIME, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(timeSize);
            out.writeInt64(SECONDS, seconds);
            out.writeInt32(NANOS, nanos);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("the computed size is wrong", e);
        }
        return bytes;
    }

    /** The event whose parts {@link #encode} was given, but for its tag id, which is the database's. */
    static LogEvent decode(byte[] wire) {
        CodedInputStream in = CodedInputStream.newInstance(wire);
        ByteArrayOutputStream body = new ByteArrayOutputStream(wire.length);
        String id = "";
        String name = "";
        long position = 0;
        long micros = 0;
        try {
            int from = 0;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == ID_TAG) {
                    id = in.readStringRequireUtf8();
                } else if (tag == TAG_TAG) {
                    name = in.readStringRequireUtf8();
                } else if (tag == POSITION_TAG) {
                    position = in.readInt64();
                } else if (tag == INGEST_TIME_TAG) {
                    micros = readMicros(in);
                } else {
                    in.skipField(tag);
                    body.write(wire, from, in.getTotalBytesRead() - from);
                }
                from = in.getTotalBytesRead();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the wire form of an event does not parse", e);
        }
        return new LogEvent(position, micros, 0, name, id, body.toByteArray());
    }

    private static long readMicros(CodedInputStream in) throws IOException {
        long micros = 0;
        int outer = in.pushLimit(in.readRawVarint32());
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == SECONDS_TAG) {
                micros += in.readInt64() * 1_000_000L;
            } else if (tag == NANOS_TAG) {
                micros += in.readInt32() / 1_000;
            } else {
                in.skipField(tag);
            }
        }
        in.popLimit(outer);
        return micros;
    }
}
