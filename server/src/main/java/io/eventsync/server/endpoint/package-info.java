/** Webhook and e-mail endpoints: their settings, secrets, state and place in the log. */
@NullMarked
package io.eventsync.server.endpoint;

import org.jspecify.annotations.NullMarked;
