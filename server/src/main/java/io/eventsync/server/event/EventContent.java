package io.eventsync.server.event;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a producer said in an event. Texts that were not given are empty.
 *
 * @param contentType as given; empty stands for the payload's default
 * @param attributes in the order of their keys
 * @param producer the principal that ingested it, or empty
 */
public record EventContent(
        String key,
        String message,
        Payload payload,
        String contentType,
        Map<String, String> attributes,
        Optional<Instant> eventTime,
        String traceparent,
        String producer) {

    public EventContent {
        attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
    }

    /** The payload as it was ingested. Do not change its bytes. */
    public sealed interface Payload {
        byte[] bytes();
    }

    /** No payload at all, which is not the same as an empty one. */
    public record NoPayload() implements Payload {
        private static final byte[] NO_BYTES = {};

        @Override
        public byte[] bytes() {
            return NO_BYTES;
        }
    }

    /** One JSON value as UTF-8, of which the syntax was checked. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Json(byte[] bytes) implements Payload {}

    /** Anything else. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Data(byte[] bytes) implements Payload {}
}
