package io.eventsync.client;

import io.eventsync.client.internal.Transport;
import io.eventsync.client.internal.publish.GrpcWire;
import io.eventsync.client.internal.publish.ProducerSession;
import io.vertx.core.Future;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The publishers of a client, which end before its connections do. */
final class Publishers {
    private final Transport transport;
    private final Set<ProducerSession> open = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Publisher> shared = new AtomicReference<>();

    Publishers(Transport transport) {
        this.transport = transport;
    }

    /** The one behind {@code client.publish}. */
    Publisher shared() {
        Publisher there = shared.get();
        if (there != null) {
            return there;
        }
        Publisher made = open(PublisherOptions.defaults());
        Publisher first = shared.compareAndExchange(null, made);
        if (first == null) {
            return made;
        }
        made.close().onFailure(never -> {});
        return first;
    }

    Publisher open(PublisherOptions options) {
        ProducerSession session =
                ProducerSession.open(transport.vertx(), new GrpcWire(transport), options, open::remove);
        open.add(session);
        if (session.isEnded()) {
            open.remove(session);
        }
        return new Publisher(session);
    }

    Future<Void> close() {
        return Future.join(open.stream().map(ProducerSession::close).toList()).mapEmpty();
    }
}
