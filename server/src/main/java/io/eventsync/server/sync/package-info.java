/** Pages of the log from a cursor, and the cursor's text form. */
@NullMarked
package io.eventsync.server.sync;

import org.jspecify.annotations.NullMarked;
