/** How long to wait after a failed attempt; pure. */
@NullMarked
package io.eventsync.server.backoff;

import org.jspecify.annotations.NullMarked;
