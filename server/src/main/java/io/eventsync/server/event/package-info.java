/** The log: append once per id, read in position order, the live tail. */
@NullMarked
package io.eventsync.server.event;

import org.jspecify.annotations.NullMarked;
