package io.eventsync.loadtest.orders;

import com.google.rpc.Code;
import io.eventsync.client.EventSyncClient;
import io.eventsync.client.EventSyncException;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestRequest;
import io.vertx.core.Future;

/** The one place that knows the client: emits the event of an order. */
final class OrderEvents {

    private static final String TAG = "ORDER.CREATED";

    private final EventSyncClient client;

    OrderEvents(EventSyncClient client) {
        this.client = client;
    }

    /** An order that the log has already answers its first position. Fails with {@link NotEmitted} only. */
    Future<Emitted> emit(Order order) {
        IngestRequest request = IngestRequest.newBuilder()
                .setEvent(Event.newBuilder()
                        .setId(order.eventId())
                        .setTag(TAG)
                        .setKey("order-" + order.id())
                        .setMessage("order " + order.id() + " of " + order.customer())
                        .setJson(order.toJson().encode()))
                .build();
        return client.events()
                .ingest(request)
                .map(answer -> new Emitted(
                        answer.getResult().getPosition(), answer.getResult().getDeduplicated()))
                .recover(failure -> Future.failedFuture(NotEmitted.of(failure)));
    }

    /** Where the event is in the log, and whether it was there before. */
    record Emitted(long position, boolean isDuplicate) {}

    /** The event is not in the log, as far as is known; its message is the reason. */
    static final class NotEmitted extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final boolean isIdTaken;

        private NotEmitted(boolean isIdTaken, String reason, Throwable cause) {
            super(reason, cause);
            this.isIdTaken = isIdTaken;
        }

        private static NotEmitted of(Throwable failure) {
            if (failure instanceof EventSyncException known) {
                String reason = known.reasonName().isEmpty() ? known.code().name() : known.reasonName();
                return new NotEmitted(known.code() == Code.ALREADY_EXISTS, reason, known);
            }
            return new NotEmitted(false, Code.UNAVAILABLE.name(), failure);
        }

        /** Another order has this id; sending it again does not help. */
        boolean isIdTaken() {
            return isIdTaken;
        }
    }
}
