/** Servers as processes of their own that can be killed, stopped and frozen, and calls that go to whichever answers. */
@NullMarked
package io.eventsync.loadtest.cluster;

import org.jspecify.annotations.NullMarked;
