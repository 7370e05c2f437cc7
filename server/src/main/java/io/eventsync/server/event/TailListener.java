package io.eventsync.server.event;

/** Is told about the log's newest end: only that something happened, the log itself says what. */
public interface TailListener {
    /** There are new events. May stand for many. */
    void advanced();

    /**
     * Whether it can do without being told of new events: each time another thread is woken for it. Asked on the log's context. One that
     * wakes has to look at the head by itself after this is false.
     */
    default boolean sleeps() {
        return false;
    }

    /** The database lost acknowledged events, as a failover without a synchronous standby does; positions will be used again. */
    void regressed();
}
