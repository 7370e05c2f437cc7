/**
 * The HTTP routes of five older systems, for their clients: each is a thin adapter over the same calls that gRPC makes, with the same rights,
 * limits and failures.
 */
@NullMarked
package io.eventsync.server.compat;

import org.jspecify.annotations.NullMarked;
