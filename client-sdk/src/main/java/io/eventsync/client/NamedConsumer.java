package io.eventsync.client;

import io.eventsync.client.internal.Place;
import io.eventsync.v1.CommitCursorRequest;
import io.eventsync.v1.CommitCursorResponse;
import io.eventsync.v1.Consumer;
import io.eventsync.v1.ConsumerServiceClient;
import io.eventsync.v1.CreateConsumerRequest;
import io.eventsync.v1.CreateConsumerResponse;
import io.eventsync.v1.DeleteConsumerRequest;
import io.eventsync.v1.Filter;
import io.eventsync.v1.GetConsumerRequest;
import io.eventsync.v1.GetConsumerResponse;
import io.eventsync.v1.SeekConsumerRequest;
import io.eventsync.v1.SeekConsumerResponse;
import io.eventsync.v1.Start;
import io.vertx.core.Future;

/**
 * A cursor that the server keeps under a name. To read with one, use {@link CursorStore#consumers}; this is for looking at it and moving it.
 *
 * <p>Failures are {@link EventSyncException}s: {@code REASON_RESOURCE_NOT_FOUND} where there is no such consumer.
 */
public final class NamedConsumer {
    private final ConsumerServiceClient service;
    private final String name;

    NamedConsumer(ConsumerServiceClient service, String name) {
        this.service = service;
        this.name = name;
    }

    /** Makes it, beginning before the earliest event, unless it is there already. */
    public Future<Consumer> create() {
        return create(Start.getDefaultInstance());
    }

    /** Makes it at this point, unless it is there already. */
    public Future<Consumer> create(Start start) {
        return create(Filter.getDefaultInstance(), start);
    }

    /** Makes it at this point; fails with {@code REASON_RESOURCE_EXISTS} if it is there with another filter. The filter is for people to see. */
    public Future<Consumer> create(Filter filter, Start start) {
        return service.createConsumer(CreateConsumerRequest.newBuilder()
                        .setConsumer(Consumer.newBuilder().setName(name).setFilter(filter))
                        .setStart(start)
                        .build())
                .map(CreateConsumerResponse::getConsumer);
    }

    /** What the server has. */
    public Future<Consumer> get() {
        return service.getConsumer(GetConsumerRequest.newBuilder().setName(name).build())
                .map(GetConsumerResponse::getConsumer);
    }

    /** Events of the whole log after it, whether a filter matches them or not. */
    public Future<Long> lag() {
        return get().map(Consumer::getLagEvents);
    }

    /** Moves it forward; fails with {@code REASON_CURSOR_BACKWARDS} if the cursor is an earlier one. */
    public Future<Consumer> commit(String cursor) {
        return service.commitCursor(CommitCursorRequest.newBuilder()
                        .setName(name)
                        .setCursor(Place.parse(cursor).cursor())
                        .build())
                .map(CommitCursorResponse::getConsumer);
    }

    /** Moves it anywhere, also backwards. */
    public Future<Consumer> seek(Start start) {
        return service.seekConsumer(SeekConsumerRequest.newBuilder()
                        .setName(name)
                        .setStart(start)
                        .build())
                .map(SeekConsumerResponse::getConsumer);
    }

    /** Removes it. */
    public Future<Void> delete() {
        return service.deleteConsumer(
                        DeleteConsumerRequest.newBuilder().setName(name).build())
                .mapEmpty();
    }
}
