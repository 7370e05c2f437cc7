/** What can go wrong, as values that every edge can translate. */
@NullMarked
package io.eventsync.server.failure;

import org.jspecify.annotations.NullMarked;
