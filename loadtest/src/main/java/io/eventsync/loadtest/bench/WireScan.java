package io.eventsync.loadtest.bench;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Reads from the wire form only what a bench counts. One for each reader; its fields tell about the last message. */
final class WireScan {

    private static final int SUBSCRIBE_STARTED = 2;
    private static final int SUBSCRIBE_BATCH = 3;
    private static final int BATCH_EVENTS = 1;
    private static final int SYNC_EVENTS = 1;
    private static final int SYNC_CURSOR = 2;
    private static final int SYNC_UP_TO_DATE = 3;
    private static final int EVENT_ID = 1;
    private static final int ID_LENGTH = EventTemplate.RUN_DIGITS + EventTemplate.NUMBER_DIGITS;

    private final byte[] run;
    boolean isStarted;
    boolean isUpToDate;
    int events;
    String cursor = "";

    WireScan(String run) {
        this.run = run.getBytes(StandardCharsets.US_ASCII);
    }

    interface EventNumbers {
        /** An event of this run with the number its id carries. */
        void event(long number);
    }

    void subscribeFrame(Buffer frame, EventNumbers sink) {
        events = 0;
        try {
            CodedInputStream in = CodedInputStream.newInstance(frame.getBytes());
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                int field = WireFormat.getTagFieldNumber(tag);
                if (field == SUBSCRIBE_BATCH) {
                    batch(in, sink);
                } else {
                    isStarted |= field == SUBSCRIBE_STARTED;
                    in.skipField(tag);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void syncPage(Buffer page) {
        events = 0;
        isUpToDate = false;
        try {
            CodedInputStream in = CodedInputStream.newInstance(page.getBytes());
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case SYNC_EVENTS -> {
                        events++;
                        in.skipField(tag);
                    }
                    case SYNC_CURSOR -> cursor = in.readString();
                    case SYNC_UP_TO_DATE -> isUpToDate = in.readBool();
                    default -> in.skipField(tag);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void batch(CodedInputStream in, EventNumbers sink) throws IOException {
        int end = in.pushLimit(in.readRawVarint32());
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == BATCH_EVENTS) {
                events++;
                event(in, sink);
            } else {
                in.skipField(tag);
            }
        }
        in.popLimit(end);
    }

    private void event(CodedInputStream in, EventNumbers sink) throws IOException {
        int end = in.pushLimit(in.readRawVarint32());
        int tag = in.readTag();
        // Serialisers write fields in order, so the id is first; an event without one is not of this run.
        if (WireFormat.getTagFieldNumber(tag) == EVENT_ID) {
            long number = number(in.readByteArray());
            if (number >= 0) {
                sink.event(number);
            }
        }
        in.skipRawBytes(in.getBytesUntilLimit());
        in.popLimit(end);
    }

    private long number(byte[] id) {
        if (id.length != ID_LENGTH) {
            return -1;
        }
        for (int i = 0; i < run.length; i++) {
            if (id[i] != run[i]) {
                return -1;
            }
        }
        long number = 0;
        for (int i = run.length; i < id.length; i++) {
            number = number << 4 | Character.digit(id[i], 16);
        }
        return number;
    }
}
