package io.eventsync.server.delivery;

/**
 * How long an endpoint has been failing without a success between. Enough to disable it: five days, at least 20 attempts, of more than
 * one event, spread over half a day.
 */
final class FailingSince {
    static final long DISABLE_MILLIS = 5L * 24 * 3_600_000;
    static final long SPREAD_MILLIS = 12L * 3_600_000;
    static final int ATTEMPTS_MIN = 20;
    static final int EVENTS_MIN = 2;
    private static final int[] WARNINGS = {50, 75, 90};

    private boolean isFailing;
    private long sinceMillis;
    private long lastMillis;
    private int attempts;
    private long position;
    private int events;
    private int warned;

    FailingSince() {}

    FailingSince(long sinceMillis, int attempts, long position, int events, int warned) {
        this.isFailing = true;
        this.sinceMillis = sinceMillis;
        this.lastMillis = sinceMillis;
        this.attempts = attempts;
        this.position = position;
        this.events = events;
        this.warned = warned;
    }

    void succeeded() {
        isFailing = false;
        attempts = 0;
        events = 0;
        position = 0;
        warned = 0;
    }

    void failed(long nowMillis, long atPosition) {
        if (!isFailing) {
            isFailing = true;
            sinceMillis = nowMillis;
        }
        lastMillis = nowMillis;
        attempts++;
        if (events == 0 || (events < EVENTS_MIN && atPosition != position)) {
            events++;
            position = atPosition;
        }
    }

    boolean isEnough() {
        return isFailing
                && lastMillis - sinceMillis >= Math.max(DISABLE_MILLIS, SPREAD_MILLIS)
                && attempts >= ATTEMPTS_MIN
                && events >= EVENTS_MIN;
    }

    /** A share of the time, in per cent, that was newly passed and is worth a warning; 0 if none. */
    int newWarning() {
        if (!isFailing || attempts < ATTEMPTS_MIN) {
            return 0;
        }
        int percent = (int) Math.min(100, (lastMillis - sinceMillis) * 100 / DISABLE_MILLIS);
        int passed = 0;
        for (int warning : WARNINGS) {
            if (percent >= warning && warned < warning) {
                passed = warning;
            }
        }
        if (passed > 0) {
            warned = passed;
        }
        return passed;
    }

    boolean isFailing() {
        return isFailing;
    }

    long sinceMillis() {
        return sinceMillis;
    }

    int attempts() {
        return attempts;
    }

    long position() {
        return position;
    }

    int events() {
        return events;
    }

    int warned() {
        return warned;
    }
}
