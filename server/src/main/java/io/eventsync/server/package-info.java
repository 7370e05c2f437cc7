/** Wiring: the one place where the parts are made and joined. */
@NullMarked
package io.eventsync.server;

import org.jspecify.annotations.NullMarked;
