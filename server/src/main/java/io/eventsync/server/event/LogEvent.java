package io.eventsync.server.event;

import org.jspecify.annotations.Nullable;

/** An event of the log, immutable and shared by everyone who reads it. */
public final class LogEvent {
    private final long position;
    private final long ingestMicros;
    private final int tagId;
    private final String tag;
    private final String id;
    private final byte[] body;
    private volatile byte @Nullable [] wire; // volatile, or another thread may see the array before its content

    LogEvent(long position, long ingestMicros, int tagId, String tag, String id, byte[] body) {
        this.position = position;
        this.ingestMicros = ingestMicros;
        this.tagId = tagId;
        this.tag = tag;
        this.id = id;
        this.body = body;
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
        return StoredBody.key(body);
    }

    /** Decoded at each call. */
    public EventContent content() {
        return ContentReader.read(body);
    }

    byte[] body() {
        return body;
    }

    /**
     * The event as {@code eventsync.v1.Event} on the wire; do not change the array. Made on first use: an event nobody reads from
     * memory never needs it. Two threads may both make it, to the same effect.
     */
    public byte[] wire() {
        byte[] made = wire;
        if (made == null) {
            made = EventWire.encode(this);
            wire = made;
        }
        return made;
    }

    /** About what it takes in memory once its wire form is made; does not change when that happens. */
    int bytes() {
        return 2 * body.length + 2 * id.length() + tag.length() + 200;
    }
}
