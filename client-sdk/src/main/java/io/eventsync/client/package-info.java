/**
 * The client: publish events, read them, receive them as webhooks. docs/SDK.md is the manual; this is the first page of it.
 *
 * <pre>{@code
 * EventSyncClient client = EventSyncClient.connect("localhost:7300");
 * client.publish(Event.newBuilder().setId("order-17-paid").setTag("ORDER.PAID").setJson("{\"amount\": 12.50}").build())
 *         .onSuccess(published -> System.out.println("on disk, at " + published.position()))
 *         .onFailure(failure -> System.out.println(failure.getMessage()));
 * }</pre>
 *
 * <p>That batches, retries and resends by itself; {@link io.eventsync.client.Publisher} says what may be relied on, and {@link
 * io.eventsync.client.PublisherOptions} how to change it. {@link io.eventsync.client.EventSyncClient#blocking()} is the twin for plain threads,
 * {@link io.eventsync.client.webhook} the other end of webhooks.
 *
 * <p>Follow what happens from now on:
 *
 * <pre>{@code
 * client.follow("ORDER", event -> System.out.println(event.getTag() + " " + event.getJson()));
 * }</pre>
 *
 * <p>Read everything, once, and go on after a restart: {@link io.eventsync.client.Subscription} says when an event counts as processed.
 *
 * <pre>{@code
 * client.subscribe(ReadOptions.tags("ORDER").keepCursor(CursorStore.file(Path.of("cursors")), "billing"))
 *         .process(event -> bill(event));
 * }</pre>
 *
 * <p>Or ask for pages ({@link io.eventsync.client.SyncLoop}), and keep the cursor in the transaction that their events change
 * ({@link io.eventsync.client.JdbcCursorStore}).
 *
 * <p>Every failure is an {@link io.eventsync.client.EventSyncException}. The comments of the contract ({@code eventsync/v1/*.proto}) are the
 * reference of what is sent; the generated stubs of all services are there, too: {@link io.eventsync.client.EventSyncClient#events()} and others.
 */
@NullMarked
package io.eventsync.client;

import org.jspecify.annotations.NullMarked;
