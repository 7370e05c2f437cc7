package io.eventsync.server.event;

/** The unit of indexing: block b holds the positions {@code b * 65536 + 1 .. (b + 1) * 65536}. */
final class Blocks {
    static final int SIZE = 65_536;

    private Blocks() {}

    static long of(long position) {
        return (position - 1) >> 16;
    }
}
