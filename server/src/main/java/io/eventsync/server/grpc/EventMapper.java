package io.eventsync.server.grpc;

import com.github.f4b6a3.uuid.UuidCreator;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.eventsync.server.event.Appended;
import io.eventsync.server.event.EventLimits;
import io.eventsync.server.event.NewEvent;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.tag.Tag;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestResult;
import java.util.Map;

/** Events of the contract to events of the log; the rules of event.proto. */
final class EventMapper {
    private static final int ATTRIBUTE_KEY_BYTES_MAX = 64;
    private static final int CONTENT_TYPE_BYTES_MAX = 128;
    private static final int TRACEPARENT_LENGTH = 55;
    private static final long YEAR_1 = -62_135_596_800L;
    private static final long YEAR_10000 = 253_402_300_800L;

    private final EventLimits limits;

    EventMapper(EventLimits limits) {
        this.limits = limits;
    }

    NewEvent toNew(Event event, String field) {
        return toNew(event, field, "");
    }

    /**
     * Fails with FIELD_INVALID, naming fields below {@code field}.
     *
     * @param traceparent of the call, for an event without one; valid, or empty
     */
    NewEvent toNew(Event event, String field, String traceparent) {
        try {
            check(event);
        } catch (Failure refused) {
            throw refused.within(field);
        }
        boolean hasId = !event.getId().isEmpty();
        String id = hasId ? event.getId() : UuidCreator.getTimeOrderedEpoch().toString();
        return new NewEvent(id, hasId, event.getTag(), body(event, traceparent));
    }

    private void check(Event event) {
        checkId(event.getId());
        Tag.requireValid("tag", event.getTag());
        checkText("key", event.getKeyBytes(), limits.keyBytesMax());
        checkText("message", event.getMessageBytes(), limits.messageBytesMax());
        checkText("content_type", event.getContentTypeBytes(), CONTENT_TYPE_BYTES_MAX);
        checkPayload(event);
        checkAttributes(event.getAttributesMap());
        if (event.hasEventTime()) {
            checkTime(event.getEventTime());
        }
        if (!event.getTraceparent().isEmpty() && !isTraceparent(event.getTraceparent())) {
            throw Failure.field("traceparent", "must have the form of W3C Trace Context, 00-<32 hex>-<16 hex>-<2 hex>");
        }
    }

    private void checkId(String id) {
        int length = id.codePointCount(0, id.length());
        if (length > limits.idLengthMax()) {
            throw Failure.field(
                    "id", "has " + length + " characters, at most " + limits.idLengthMax() + " are allowed");
        }
        for (int i = 0; i < id.length(); i++) {
            if (Character.isISOControl(id.charAt(i))) {
                throw Failure.field("id", "has a control character at " + i);
            }
        }
    }

    private static void checkText(String field, ByteString text, int bytesMax) {
        if (text.size() > bytesMax) {
            throw Failure.field(field, "has " + text.size() + " bytes, at most " + bytesMax + " are allowed");
        }
        for (int i = 0; i < text.size(); i++) {
            if (text.byteAt(i) == 0) {
                throw Failure.field(field, "has a NUL character at byte " + i);
            }
        }
    }

    private void checkPayload(Event event) {
        ByteString payload = event.hasJson() ? event.getJsonBytes() : event.getData();
        String field = event.hasJson() ? "json" : "data";
        if (payload.size() > limits.payloadBytesMax()) {
            throw Failure.field(
                    field, "has " + payload.size() + " bytes, at most " + limits.payloadBytesMax() + " are allowed");
        }
        if (event.hasJson()) {
            JsonText.requireValid(field, payload.toByteArray());
        }
    }

    private void checkAttributes(Map<String, String> attributes) {
        if (attributes.size() > limits.attributesMax()) {
            throw Failure.field(
                    "attributes",
                    "has " + attributes.size() + " entries, at most " + limits.attributesMax() + " are allowed");
        }
        attributes.forEach((key, value) -> {
            if (key.isEmpty()) {
                throw Failure.field("attributes", "has an empty key");
            }
            checkText("attributes", ByteString.copyFromUtf8(key), ATTRIBUTE_KEY_BYTES_MAX);
            checkText("attributes", ByteString.copyFromUtf8(value), limits.attributeValueBytesMax());
        });
    }

    static void checkTime(Timestamp time) {
        boolean isValid = time.getSeconds() >= YEAR_1
                && time.getSeconds() < YEAR_10000
                && time.getNanos() >= 0
                && time.getNanos() < 1_000_000_000;
        if (!isValid) {
            throw Failure.field("event_time", "must lie in the years 1 to 9999 with nanos from 0 to 999999999");
        }
    }

    private static boolean isTraceparent(String text) {
        if (text.length() != TRACEPARENT_LENGTH) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isDash = i == 2 || i == 35 || i == 52;
            boolean isHex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            if (isDash ? c != '-' : !isHex) {
                return false;
            }
        }
        return true;
    }

    /** What the log stores: the event without what it keeps in columns and without what clients do not set. */
    private static byte[] body(Event event, String traceparent) {
        Event.Builder body = event.toBuilder()
                .clearId()
                .clearTag()
                .clearPosition()
                .clearIngestTime()
                .clearProducer();
        if (!traceparent.isEmpty() && event.getTraceparent().isEmpty()) {
            body.setTraceparent(traceparent);
        }
        return body.build().toByteArray();
    }

    static IngestResult result(Appended appended) {
        return IngestResult.newBuilder()
                .setId(appended.id())
                .setPosition(appended.position())
                .setIngestTime(time(appended.ingestMicros()))
                .setDeduplicated(appended.deduplicated())
                .build();
    }

    static Timestamp time(long micros) {
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(micros, 1_000_000L))
                .setNanos((int) Math.floorMod(micros, 1_000_000L) * 1_000)
                .build();
    }
}
