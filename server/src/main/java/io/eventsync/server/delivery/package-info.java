/** Delivers the events of the log to endpoints: leases, attempts, retries, dead letters, replays; and answers what became of them. */
@NullMarked
package io.eventsync.server.delivery;

import org.jspecify.annotations.NullMarked;
