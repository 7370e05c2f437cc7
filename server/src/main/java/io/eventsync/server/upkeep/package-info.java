/** Work that repeats. */
@NullMarked
package io.eventsync.server.upkeep;

import org.jspecify.annotations.NullMarked;
