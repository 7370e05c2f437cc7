package io.eventsync.server.delivery;

import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import org.jspecify.annotations.Nullable;

/** One event on its way to one endpoint. Lives on the delivery context. */
final class Delivery {
    /** Where a delivery stands that is not settled. All but NEW have a row, with the same name. */
    enum State {
        /** Read from the log, not tried. */
        NEW,
        /** Waits until it is due. */
        RETRYING,
        /** Waits for an earlier one of its key. */
        BEHIND,
        /** Given up, and holds its endpoint up. */
        BLOCKING
    }

    private final long position;
    private final String eventId;
    private final String tag;
    private final String key;
    private final int bytes;
    private final boolean asked;
    private final @Nullable LogPoint previous;
    private @Nullable LogEvent event;
    private State state = State.NEW;
    private int attempts;
    private int number;
    private long dueMillis;
    private long firstMicros;
    private long rowSince;
    private @Nullable String replayId;
    private boolean isInFlight;

    /**
     * @param bytes about what the event takes
     * @param asked somebody asked for it again: it waits for nobody and holds nobody up
     * @param previous the matching event before it, if known
     */
    Delivery(
            long position,
            String eventId,
            String tag,
            String key,
            int bytes,
            boolean asked,
            @Nullable LogPoint previous) {
        this.position = position;
        this.eventId = eventId;
        this.tag = tag;
        this.key = key;
        this.bytes = bytes;
        this.asked = asked;
        this.previous = previous;
    }

    static Delivery of(LogEvent event, @Nullable LogPoint previous) {
        Delivery delivery = new Delivery(
                event.position(), event.id(), event.tag(), event.key(), event.wire().length, false, previous);
        delivery.event = event;
        return delivery;
    }

    long position() {
        return position;
    }

    String eventId() {
        return eventId;
    }

    String tag() {
        return tag;
    }

    String key() {
        return key;
    }

    int bytes() {
        return bytes;
    }

    boolean isAsked() {
        return asked;
    }

    @Nullable
    LogPoint previous() {
        return previous;
    }

    /** The event, if it is in memory; that of a waiting one is in its row. */
    @Nullable
    LogEvent event() {
        return event;
    }

    void event(@Nullable LogEvent fetched) {
        this.event = fetched;
    }

    State state() {
        return state;
    }

    void state(State next) {
        this.state = next;
    }

    /** Attempts made under the retry policy, since it last began. */
    int attempts() {
        return attempts;
    }

    void attempts(int made) {
        this.attempts = made;
    }

    /** Attempts made in all. */
    int number() {
        return number;
    }

    void number(int made) {
        this.number = made;
    }

    long dueMillis() {
        return dueMillis;
    }

    void dueMillis(long due) {
        this.dueMillis = due;
    }

    /** When the first attempt started, in microseconds since 1970; 0 before it did. */
    long firstMicros() {
        return firstMicros;
    }

    void firstMicros(long micros) {
        this.firstMicros = micros;
    }

    /** The turn that recorded its row; 0 while it has none. */
    long rowSince() {
        return rowSince;
    }

    void rowSince(long turn) {
        this.rowSince = turn;
    }

    boolean hasRow() {
        return rowSince > 0;
    }

    /** The replay it is made for. */
    @Nullable
    String replayId() {
        return replayId;
    }

    void replayId(@Nullable String id) {
        this.replayId = id;
    }

    boolean isInFlight() {
        return isInFlight;
    }

    void inFlight(boolean is) {
        this.isInFlight = is;
    }
}
