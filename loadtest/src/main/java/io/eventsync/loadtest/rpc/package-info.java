/** Connections to a server: one HTTP/2 connection each, failures told apart by what the caller should do next. */
@NullMarked
package io.eventsync.loadtest.rpc;

import org.jspecify.annotations.NullMarked;
