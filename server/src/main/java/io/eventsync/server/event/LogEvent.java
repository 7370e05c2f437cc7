package io.eventsync.server.event;

import java.util.Map;

/** An event of the log, immutable and shared by everyone who reads it. */
public final class LogEvent {
    private final long position;
    private final long ingestMicros;
    private final int tagId;
    private final String tag;
    private final String id;
    /** Holds the body, too, which is not kept beside it. */
    private final byte[] wire;

    private final int bodyBytes;

    LogEvent(long position, long ingestMicros, int tagId, String tag, String id, byte[] body) {
        this.position = position;
        this.ingestMicros = ingestMicros;
        this.tagId = tagId;
        this.tag = tag;
        this.id = id;
        this.wire = EventWire.encode(id, tag, body, position, ingestMicros);
        this.bodyBytes = body.length;
    }

    /** The event that has this wire form; of no known tag id. */
    public static LogEvent fromWire(byte[] wire) {
        return EventWire.decode(wire);
    }

    /** An event that is not in any log, at position 0. */
    public static LogEvent madeUp(String id, String tag, String message, String json, long micros) {
        return new LogEvent(0, micros, 0, tag, id, StoredBody.ofJson("", message, json));
    }

    public long position() {
        return position;
    }

    /** Microseconds since 1970, by the database's clock. */
    public long ingestMicros() {
        return ingestMicros;
    }

    public int tagId() {
        return tagId;
    }

    public String tag() {
        return tag;
    }

    public String id() {
        return id;
    }

    /** The event's key, or the empty string. Decoded at each call. */
    public String key() {
        return StoredBody.key(wire);
    }

    /** Decoded at each call. */
    public EventContent content() {
        return ContentReader.read(wire);
    }

    Map<String, String> attributes() {
        return StoredBody.attributes(wire);
    }

    /** Bytes of what the log keeps of it beside its columns. */
    int bodyBytes() {
        return bodyBytes;
    }

    /** The event as {@code eventsync.v1.Event} on the wire; do not change the array. */
    public byte[] wire() {
        return wire;
    }

    /** About what it takes in memory. */
    int bytes() {
        return wire.length + id.length() + 200;
    }
}
