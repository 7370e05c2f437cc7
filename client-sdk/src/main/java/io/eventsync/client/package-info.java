/**
 * A first client: the generated stubs of all services, on one set of connections to a server.
 *
 * <pre>{@code
 * EventSyncClient client = EventSyncClient.connect("localhost:7300");
 * client.events()
 *         .ingest(IngestRequest.newBuilder()
 *                 .setEvent(Event.newBuilder().setId("order-17-paid").setTag("ORDER.PAID"))
 *                 .build())
 *         .onSuccess(answer -> System.out.println(answer.getResult().getPosition()));
 * }</pre>
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
 * <p>The comments of the contract ({@code eventsync/v1/*.proto}) are the reference.
 */
@NullMarked
package io.eventsync.client;

import org.jspecify.annotations.NullMarked;
