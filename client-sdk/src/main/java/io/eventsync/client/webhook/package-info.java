/**
 * Receiving webhooks in Java: {@link io.eventsync.client.webhook.WebhookReceiver}. What is sent, and what answers mean, is in docs/WEBHOOKS.md.
 */
@NullMarked
package io.eventsync.client.webhook;

import org.jspecify.annotations.NullMarked;
