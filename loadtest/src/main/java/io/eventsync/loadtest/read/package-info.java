/** Reads a log into a file through Subscribe or Sync, exactly once over restarts of either side. */
@NullMarked
package io.eventsync.loadtest.read;

import org.jspecify.annotations.NullMarked;
