package io.eventsync.client.webhook;

import io.eventsync.client.EventSyncClient;
import io.eventsync.v1.Event;
import io.eventsync.v1.Filter;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Future;
import java.util.function.Function;

/** Reads from the log what an endpoint did not bring: from its cursor up to the event at hand, or to the end of the log. */
record Healing(EventSyncClient client, Filter filter, Function<ReceivedEvent, Future<Void>> handling) {
    private static final int PAGE_EVENTS = 500;
    /** A request waits for this, and its sender for 15 seconds: the next attempt goes on where this one stopped. */
    private static final int PAGES_MAX = 20;

    Future<Void> before(ReceivedEvent event, String from, SeenStore seen) {
        return page(event, from, seen, 1);
    }

    private Future<Void> page(ReceivedEvent until, String from, SeenStore seen, int number) {
        SyncRequest request = SyncRequest.newBuilder()
                .setFilter(filter)
                .setStart(Start.newBuilder().setCursor(from))
                .setMaxEvents(PAGE_EVENTS)
                .build();
        return client.events().sync(request).compose(page -> events(page, until, 0).compose(isThere -> {
            if (isThere) {
                return Future.succeededFuture();
            }
            Future<Void> moved = seen.move(until.endpoint(), page.getCursor());
            if (page.getUpToDate()) {
                return moved;
            }
            return number < PAGES_MAX
                    ? moved.compose(done -> page(until, page.getCursor(), seen, number + 1))
                    : moved.compose(done -> Future.failedFuture("there are more missing events; the next attempt goes on"));
        }));
    }

    /** Handles events one after the other; true once it meets the one that is here already. */
    private Future<Boolean> events(SyncResponse page, ReceivedEvent until, int index) {
        if (index == page.getEventsCount()) {
            return Future.succeededFuture(false);
        }
        Event event = page.getEvents(index);
        String webhookId = WebhookIds.of(event.getId());
        if (webhookId.equals(until.webhookId())) {
            return Future.succeededFuture(true);
        }
        ReceivedEvent missed = new ReceivedEvent(webhookId, event, "", until.endpoint(), 0, "", true);
        return handling.apply(missed).compose(done -> events(page, until, index + 1));
    }
}
