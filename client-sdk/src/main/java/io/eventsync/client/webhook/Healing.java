package io.eventsync.client.webhook;

import io.eventsync.client.EventSyncClient;
import io.eventsync.v1.Event;
import io.eventsync.v1.Filter;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.vertx.core.Future;
import java.util.List;
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
        return client.events().sync(request).compose(page -> {
            int own = placeOf(until, page.getEventsList());
            boolean isThere = own >= 0;
            Future<Void> all = Future.succeededFuture();
            for (Event event : page.getEventsList().subList(0, isThere ? own : page.getEventsCount())) {
                all = all.compose(done -> handling.apply(missed(event, until.endpoint())));
            }
            if (isThere) {
                return all;
            }
            Future<Void> moved = all.compose(done -> seen.move(until.endpoint(), page.getCursor()));
            if (page.getUpToDate()) {
                return moved;
            }
            return number < PAGES_MAX
                    ? moved.compose(done -> page(until, page.getCursor(), seen, number + 1))
                    : moved.compose(done -> Future.failedFuture("more is missing; the next attempt goes on"));
        });
    }

    private static int placeOf(ReceivedEvent event, List<Event> page) {
        for (int i = 0; i < page.size(); i++) {
            if (WebhookIds.of(page.get(i).getId()).equals(event.webhookId())) {
                return i;
            }
        }
        return -1;
    }

    private static ReceivedEvent missed(Event event, String endpoint) {
        return new ReceivedEvent(WebhookIds.of(event.getId()), event, "", endpoint, 0, "", true);
    }
}
