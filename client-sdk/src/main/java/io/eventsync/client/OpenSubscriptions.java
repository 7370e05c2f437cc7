package io.eventsync.client;

import io.vertx.core.Future;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The subscriptions of a client that are not over: they end before its connections do, or they would try to come back. */
final class OpenSubscriptions {
    private final Set<Subscription> open = ConcurrentHashMap.newKeySet();

    Subscription add(Subscription subscription) {
        open.add(subscription);
        subscription.done().onComplete(ended -> open.remove(subscription));
        return subscription;
    }

    Future<Void> close() {
        return Future.join(open.stream().map(Subscription::close).toList()).mapEmpty();
    }
}
