package io.eventsync.server;

/** How much the tests do that draw by chance: some in each build, more with {@code -Deventsync.test.long=true}. */
public final class LongRun {
    private static final boolean IS_LONG = Boolean.getBoolean("eventsync.test.long");

    private LongRun() {}

    public static int or(int usual, int ofLongRun) {
        return IS_LONG ? ofLongRun : usual;
    }
}
