/** A history of what writers were told and readers were sent, and a checker of the promises the log makes about it. */
@NullMarked
package io.eventsync.loadtest.history;

import org.jspecify.annotations.NullMarked;
