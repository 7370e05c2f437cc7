package io.eventsync.client;

import io.eventsync.client.internal.Blocking;
import io.eventsync.v1.Event;
import io.eventsync.v1.GetEventRequest;
import io.eventsync.v1.GetEventResponse;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * The client for plain threads: each call blocks until it is answered, and can be interrupted. Ask {@link EventSyncClient#blocking()} for it.
 *
 * <p>On an event loop, which must not be blocked, every method throws IllegalStateException. An interrupted call throws InterruptedException; it
 * is not taken back, so an event may be in the log all the same. Other failures are those of the methods that do not block, thrown.
 */
public final class BlockingClient {
    private final EventSyncClient client;
    private final Publishers publishers;

    BlockingClient(EventSyncClient client, Publishers publishers) {
        this.client = client;
        this.publishers = publishers;
    }

    /** Publishes one event, and waits while the buffer is full. Other threads' events share its appends. See {@link Publisher#publish}. */
    public Published publish(Event event) throws InterruptedException {
        return Blocking.await(sent(event));
    }

    /**
     * Publishes events in this order, in as few appends as they fit into; not as one unit.
     *
     * @return what became of each, in their order
     * @throws EventSyncException the first failure, once all have their answer; those of the other events are suppressed exceptions of it. Where
     *     that matters give the events ids: then the whole list can be published again
     */
    public List<Published> publishAll(List<Event> events) throws InterruptedException {
        List<Future<Published>> answers = new ArrayList<>(events.size());
        for (Event event : events) {
            answers.add(sent(event));
        }
        Blocking.await(Future.join(answers).transform(settled -> Future.<Void>succeededFuture()));
        return Blocking.results(answers);
    }

    /** One page of matching events; see the comments of {@code SyncRequest}. With {@code wait} set it waits for events, up to 60 s. */
    public SyncResponse sync(SyncRequest request) throws InterruptedException {
        return Blocking.await(client.events().sync(request));
    }

    /** One event by its id. Fails with {@code REASON_RESOURCE_NOT_FOUND}. */
    public Event event(String id) throws InterruptedException {
        return event(GetEventRequest.newBuilder().setId(id).build());
    }

    /** One event by its position. Fails with {@code REASON_RESOURCE_NOT_FOUND}. */
    public Event event(long position) throws InterruptedException {
        return event(GetEventRequest.newBuilder().setPosition(position).build());
    }

    private Event event(GetEventRequest request) throws InterruptedException {
        return Blocking.await(client.events().getEvent(request).map(GetEventResponse::getEvent));
    }

    /** Comes back when the event is taken. */
    private Future<Published> sent(Event event) throws InterruptedException {
        Publisher publisher = publishers.shared();
        while (true) {
            Blocking.refuseOnEventLoop();
            Future<Published> answer = publisher.publish(event);
            if (!(answer.cause() instanceof BufferFullException)) {
                return answer;
            }
            Blocking.await(publisher.drained());
        }
    }
}
