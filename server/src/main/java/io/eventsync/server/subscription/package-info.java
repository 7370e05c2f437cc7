/** Live streams: catch-up, then tail, with one bounded window per subscriber. */
@NullMarked
package io.eventsync.server.subscription;

import org.jspecify.annotations.NullMarked;
