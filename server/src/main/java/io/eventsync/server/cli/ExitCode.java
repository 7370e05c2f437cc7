package io.eventsync.server.cli;

/** What the process says to whoever started it. */
public final class ExitCode {
    public static final int OK = 0;
    /** A defect: the message and the stack are on stderr. */
    public static final int FAILED = 1;
    /** The command line or the configuration; starting again changes nothing. */
    public static final int USAGE = 2;
    /** The database could not be reached; starting again later may help. */
    public static final int UNAVAILABLE = 3;

    /** The doctor found what keeps the server from working. */
    public static final int UNFIT = 4;

    private ExitCode() {}
}
