/** Where an event comes from and goes to, as W3C Trace Context tells it, and spans of that for whoever wants them. */
@NullMarked
package io.eventsync.server.tracing;

import org.jspecify.annotations.NullMarked;
