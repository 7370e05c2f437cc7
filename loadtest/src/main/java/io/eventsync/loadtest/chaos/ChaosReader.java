package io.eventsync.loadtest.chaos;

import java.util.Optional;

/** Somebody who reads throughout, and tells what it saw to a recorder. Its methods are the run's thread's. */
interface ChaosReader {

    String name();

    void begin();

    /** Stops, and goes on from the cursor that it kept, as a program that is started anew. */
    void turn();

    /** The last position it knows to have come to. */
    long reached();

    void finish();

    /** Why it does not read any more, if it was not asked to finish. */
    Optional<Throwable> failure();
}
