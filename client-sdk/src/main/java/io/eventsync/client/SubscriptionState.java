package io.eventsync.client;

/** Where a subscription stands. docs/STATE_MACHINES.md draws what moves it. */
public enum SubscriptionState {
    /** Nobody reads yet. */
    IDLE,
    /** A stream is being opened. */
    CONNECTING,
    /** A stream is open; there is more in the log than it has come to. */
    CATCHING_UP,
    /** A stream is open and level with the head of the log. */
    LIVE,
    /** The stream was lost; the next try comes when the backoff is over. */
    WAITING,
    /** Closed by its owner. */
    CLOSED,
    /** Ended by a failure that trying again would not mend. */
    FAILED;

    /** True once nothing more will happen. */
    public boolean isOver() {
        return this == CLOSED || this == FAILED;
    }
}
