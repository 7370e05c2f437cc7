package io.eventsync.server.event;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.eventsync.server.event.EventContent.Data;
import io.eventsync.server.event.EventContent.Json;
import io.eventsync.server.event.EventContent.NoPayload;
import io.eventsync.server.event.EventContent.Payload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;

/**
 * Decodes a whole stored body, or the event on the wire around it, as the contract's parser would: the last of a repeated value wins,
 * times are merged.
 */
final class ContentReader {
    static final int MESSAGE = 4;
    static final int JSON = 5;
    static final int DATA = 6;
    static final int CONTENT_TYPE = 7;
    static final int EVENT_TIME = 9;
    static final int TRACEPARENT = 10;
    static final int PRODUCER = 13;

    private static final int KEY_TAG = StoredBody.lengthDelimited(StoredBody.KEY);
    private static final int MESSAGE_TAG = StoredBody.lengthDelimited(MESSAGE);
    private static final int JSON_TAG = StoredBody.lengthDelimited(JSON);
    private static final int DATA_TAG = StoredBody.lengthDelimited(DATA);
    private static final int CONTENT_TYPE_TAG = StoredBody.lengthDelimited(CONTENT_TYPE);
    private static final int EVENT_TIME_TAG = StoredBody.lengthDelimited(EVENT_TIME);
    static final int TRACEPARENT_TAG = StoredBody.lengthDelimited(TRACEPARENT);
    private static final int PRODUCER_TAG = StoredBody.lengthDelimited(PRODUCER);
    private static final int SECONDS_TAG = 1 << 3 | WireFormat.WIRETYPE_VARINT;
    private static final int NANOS_TAG = 2 << 3 | WireFormat.WIRETYPE_VARINT;

    private String key = "";
    private String message = "";
    private Payload payload = new NoPayload();
    private String contentType = "";
    private boolean hasEventTime;
    private long seconds;
    private int nanos;
    private String traceparent = "";
    private String producer = "";

    private ContentReader() {}

    static EventContent read(byte[] body) {
        ContentReader reader = new ContentReader();
        CodedInputStream in = CodedInputStream.newInstance(body);
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                reader.readField(tag, in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a stored body does not parse", e);
        }
        return reader.content(body);
    }

    private EventContent content(byte[] body) {
        return new EventContent(
                key,
                message,
                payload,
                contentType,
                StoredBody.attributes(body),
                hasEventTime ? Optional.of(Instant.ofEpochSecond(seconds, nanos)) : Optional.empty(),
                traceparent,
                producer);
    }

    private void readField(int tag, CodedInputStream in) throws IOException {
        if (tag == KEY_TAG) {
            key = in.readStringRequireUtf8();
        } else if (tag == MESSAGE_TAG) {
            message = in.readStringRequireUtf8();
        } else if (tag == JSON_TAG) {
            payload = new Json(in.readByteArray());
        } else if (tag == DATA_TAG) {
            payload = new Data(in.readByteArray());
        } else if (tag == CONTENT_TYPE_TAG) {
            contentType = in.readStringRequireUtf8();
        } else if (tag == EVENT_TIME_TAG) {
            readTime(in);
        } else if (tag == TRACEPARENT_TAG) {
            traceparent = in.readStringRequireUtf8();
        } else if (tag == PRODUCER_TAG) {
            producer = in.readStringRequireUtf8();
        } else {
            in.skipField(tag);
        }
    }

    private void readTime(CodedInputStream in) throws IOException {
        hasEventTime = true;
        int outer = in.pushLimit(in.readRawVarint32());
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == SECONDS_TAG) {
                seconds = in.readInt64();
            } else if (tag == NANOS_TAG) {
                nanos = in.readInt32();
            } else {
                in.skipField(tag);
            }
        }
        in.popLimit(outer);
    }
}
