package io.eventsync.server.event;

/** Is told about the log's newest end. Both methods only say that something happened; the log itself says what. */
public interface TailListener {
    /** There are new events. May stand for many. */
    void advanced();

    /** The database lost acknowledged events, as a failover without a synchronous standby does; positions will be used again. */
    void regressed();
}
