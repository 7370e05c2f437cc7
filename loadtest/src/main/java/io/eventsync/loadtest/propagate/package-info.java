/** Sends a random event of a file at an interval, to EventSync or to anything that takes an HTTP POST. */
@NullMarked
package io.eventsync.loadtest.propagate;

import org.jspecify.annotations.NullMarked;
