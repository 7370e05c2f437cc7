/** The listening server and its dispatch. */
@NullMarked
package io.eventsync.server.http;

import org.jspecify.annotations.NullMarked;
