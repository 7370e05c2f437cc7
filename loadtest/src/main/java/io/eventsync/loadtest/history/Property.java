package io.eventsync.loadtest.history;

/** What the log promises, by the names that etcd gives to the guarantees of its watch. */
public enum Property {
    /** Positions rise strictly within a stream. */
    ORDERED,
    /** An event arrives once on a stream, an id stands at one position, a position holds one event. */
    UNIQUE,
    /** Every matching event between the start of a stream and the place it came to was sent on it. */
    RELIABLE,
    /** A stream opened at a cursor begins with the next matching event after it. */
    RESUMABLE,
    /** No event at or before a cursor arrives after that cursor. */
    BOOKMARKABLE,
    /** Only matching events arrive. */
    FILTER,
    /** What was acknowledged before another was sent stands before it. */
    REAL_TIME_ORDER,
    /** What was acknowledged, or shown to a reader, is in the final log. */
    DURABLE
}
