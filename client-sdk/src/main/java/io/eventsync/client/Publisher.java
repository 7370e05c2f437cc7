package io.eventsync.client;

import io.eventsync.client.internal.publish.ProducerSession;
import io.eventsync.v1.Event;
import io.vertx.core.Future;

/**
 * Publishes events in batches, and until they are on disk: over lost connections, restarts of the server and moves to another one. Safe for
 * any thread.
 *
 * <p><b>Once.</b> An event without an id gets one before it is first sent, so every retry is safe: the log has it once.
 *
 * <p><b>Order.</b> Events published from one thread are appended in that order; those of several threads mix. With one append in flight, which
 * is the default, that holds whatever happens: lost streams, restarts, refusals. With more in flight it holds while nothing fails: of appends
 * under way when a server dies or refuses one, a later one may be stored without the one before, which then comes behind it.
 *
 * <p><b>Nothing is dropped.</b> Each future completes: with the position, or with the reason why not. Futures of one thread complete on its
 * Vert.x context if it has one, else on the publisher's own; do not block there.
 */
public final class Publisher {
    private final ProducerSession session;

    Publisher(ProducerSession session) {
        this.session = session;
    }

    /**
     * Publishes one event; does not block, and answers when it is on disk.
     *
     * <p>Fails with {@link EventSyncException}:
     *
     * <ul>
     *   <li>{@link BufferFullException}, at once: the event was not taken.
     *   <li>{@code REASON_FIELD_INVALID}: the event breaks a rule, {@link EventSyncException#fields()} names the field, such as {@code
     *       event.tag}. What can be checked here fails at once.
     *   <li>{@code REASON_EVENT_ID_REUSED}: the log has another event with this id; its {@code position} is in the metadata.
     *   <li>{@code REASON_DEADLINE_EXCEEDED}: no answer within the delivery timeout. Nobody knows whether it is in the log. Publish it again
     *       under the same id; the one that was made is in the metadata as {@code id}.
     *   <li>any other, such as {@code REASON_UNAUTHENTICATED} or {@code REASON_DISK_LOW}: the server's word on it. Failures that waiting helps
     *       against are retried and not reported.
     * </ul>
     */
    public Future<Published> publish(Event event) {
        return session.publish(event);
    }

    /** True while there is no room for one more event. */
    public boolean isFull() {
        return session.isFull();
    }

    /** Completes when at most half of the buffer is in use. Not for the order of things: others may fill it again first. */
    public Future<Void> drained() {
        return session.drained();
    }

    /** Sends what lingers, and completes when every event published before has its answer, whatever that is. */
    public Future<Void> flush() {
        return session.flush();
    }

    /**
     * Takes no more events, and ends when those it has are answered. What is not after {@link PublisherOptions#closeTimeout()} fails with
     * {@code REASON_DEADLINE_EXCEEDED}.
     */
    public Future<Void> close() {
        return session.close();
    }
}
