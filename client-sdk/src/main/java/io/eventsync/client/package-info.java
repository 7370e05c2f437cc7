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
 * <p>The comments of the contract ({@code eventsync/v1/*.proto}) are the reference.
 */
@NullMarked
package io.eventsync.client;

import org.jspecify.annotations.NullMarked;
