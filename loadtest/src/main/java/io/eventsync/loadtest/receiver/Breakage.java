package io.eventsync.loadtest.receiver;

/** Ways to answer that are no whole HTTP answer. */
enum Breakage {
    /** Nothing at all; the connection stays open. */
    HANG(0),
    /** A head, then one byte of the body a second. */
    TRICKLE(200),
    /** A head, then a body without end. */
    HUGE(200),
    /** A head, a part of the body, then a TCP reset. */
    RESET(200),
    /** The connection is closed without a byte. */
    CLOSE(0),
    /** Bytes that are not HTTP, then the end of the connection. */
    GARBAGE(0);

    private final int status;

    Breakage(int status) {
        this.status = status;
    }

    /** The status code that leaves, or 0 if none does. */
    int status() {
        return status;
    }
}
