/** Writes to a server and reads from it at once, records the history, and checks it. */
@NullMarked
package io.eventsync.loadtest.check;

import org.jspecify.annotations.NullMarked;
