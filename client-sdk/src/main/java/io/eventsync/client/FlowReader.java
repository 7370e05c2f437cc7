package io.eventsync.client;

import io.eventsync.v1.Event;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A Reactive Streams subscriber of a subscription. Its signals come from the subscription's loop, and so one at a time. */
final class FlowReader implements Flow.Subscription {
    private final Subscription source;
    private volatile Flow.@Nullable Subscriber<? super Event> subscriber;

    FlowReader(Subscription source, Flow.Subscriber<? super Event> subscriber) {
        this.source = source;
        this.subscriber = subscriber;
    }

    static void refuse(Flow.Subscriber<? super Event> subscriber, Throwable why) {
        subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long amount) {}

            @Override
            public void cancel() {}
        });
        subscriber.onError(why);
    }

    void begin() {
        Flow.Subscriber<? super Event> to = subscriber;
        if (to != null) {
            to.onSubscribe(this);
        }
    }

    @Override
    public void request(long amount) {
        source.run(() -> {
            if (amount > 0) {
                source.demand(amount);
            } else {
                failed(new IllegalArgumentException("request: " + amount + " is not above 0 (Reactive Streams 3.9)"));
                cancel();
            }
        });
    }

    @Override
    public void cancel() {
        subscriber = null;
        source.forget();
        source.close().onFailure(unsaved -> {});
    }

    void event(Event event) {
        Flow.Subscriber<? super Event> to = subscriber;
        if (to != null) {
            to.onNext(event);
        }
    }

    void failed(Throwable failure) {
        Flow.Subscriber<? super Event> to = subscriber;
        subscriber = null;
        if (to != null) {
            to.onError(failure);
        }
    }

    void ended() {
        Flow.Subscriber<? super Event> to = subscriber;
        subscriber = null;
        if (to != null) {
            to.onComplete();
        }
    }
}
