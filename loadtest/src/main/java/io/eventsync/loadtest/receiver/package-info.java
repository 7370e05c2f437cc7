/**
 * A webhook receiver that misbehaves on request and keeps a journal of what it was sent: the unreliable other side for tests
 * of whoever delivers webhooks. State belongs to endpoints, and an endpoint to one event loop.
 */
@NullMarked
package io.eventsync.loadtest.receiver;

import org.jspecify.annotations.NullMarked;
