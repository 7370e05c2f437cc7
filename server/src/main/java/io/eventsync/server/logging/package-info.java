/** Where log lines go and what they look like, decided once before the first line. */
@NullMarked
package io.eventsync.server.logging;

import org.jspecify.annotations.NullMarked;
