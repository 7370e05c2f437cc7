/** Measures a server: closed and open loop load, subscribers, catch-up reads, and yardsticks to compare with. */
@NullMarked
package io.eventsync.loadtest.bench;

import org.jspecify.annotations.NullMarked;
