package io.eventsync.server.subscription;

import io.eventsync.server.event.LogPoint;

/** A reader that is level with the loop and waits for what comes. */
interface LiveMember {
    /** The next matching events. */
    void deliver(Frame.Events frame);

    /** The loop lost the thread after this point; the member is no longer one and goes on from the log. */
    void fallBehind(LogPoint point);

    /** The log started over; the member is no longer one. */
    void regressed();
}
