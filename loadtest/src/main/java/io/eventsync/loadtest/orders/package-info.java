/** A small service in front of EventSync: takes orders by HTTP and emits one event for each, however often it is sent. */
@NullMarked
package io.eventsync.loadtest.orders;

import org.jspecify.annotations.NullMarked;
