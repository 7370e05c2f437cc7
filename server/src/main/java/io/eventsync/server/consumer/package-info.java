/** Named durable cursors. */
@NullMarked
package io.eventsync.server.consumer;

import org.jspecify.annotations.NullMarked;
