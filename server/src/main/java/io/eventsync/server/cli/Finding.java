package io.eventsync.server.cli;

/**
 * What the doctor found out about one thing.
 *
 * @param fix what to do about it; empty if nothing has to be done
 */
record Finding(Grade grade, String subject, String text, String fix) {
    /** How bad it is. */
    enum Grade {
        OK,
        /** The server runs, but not as well as it should. */
        WARN,
        /** The server does not start, or what it promises does not hold. */
        FAIL
    }

    static Finding ok(String subject, String text) {
        return new Finding(Grade.OK, subject, text, "");
    }

    static Finding warn(String subject, String text, String fix) {
        return new Finding(Grade.WARN, subject, text, fix);
    }

    static Finding fail(String subject, String text, String fix) {
        return new Finding(Grade.FAIL, subject, text, fix);
    }
}
