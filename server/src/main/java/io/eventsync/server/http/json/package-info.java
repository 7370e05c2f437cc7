/** ProtoJSON to messages and back, by their descriptors. */
@NullMarked
package io.eventsync.server.http.json;

import org.jspecify.annotations.NullMarked;
