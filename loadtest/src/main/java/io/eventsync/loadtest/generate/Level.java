package io.eventsync.loadtest.generate;

/** How much an entry matters, least first. */
enum Level {
    DEBUG,
    INFO,
    WARNING,
    ERROR
}
