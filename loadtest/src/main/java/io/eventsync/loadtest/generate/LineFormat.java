package io.eventsync.loadtest.generate;

/** How an entry looks as a line of text. */
interface LineFormat {

    /** The first line of every file, with its line break, or nothing. */
    String header();

    /** With its line break. */
    String line(LogEntry entry);
}
