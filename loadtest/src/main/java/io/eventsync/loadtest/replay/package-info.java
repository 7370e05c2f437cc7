/** Sends the events of JSON-lines files, or sample events, to a server. */
@NullMarked
package io.eventsync.loadtest.replay;

import org.jspecify.annotations.NullMarked;
