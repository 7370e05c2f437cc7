/** Delivers webhooks through servers that are killed, and holds what came to what the log and the audit say. */
@NullMarked
package io.eventsync.loadtest.webhook;

import org.jspecify.annotations.NullMarked;
