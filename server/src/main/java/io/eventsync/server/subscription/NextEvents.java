package io.eventsync.server.subscription;

import io.eventsync.server.event.EventFilter;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.Page;
import io.eventsync.server.failure.Failure;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;

/** A poller that waits: one portion of a group's events, then it is gone. */
final class NextEvents implements LiveMember {
    private final LiveLoop loop;
    private final Promise<Page> promise = Promise.promise();
    private final LiveGroup group;
    private final long timer;

    private NextEvents(LiveLoop loop, EventFilter filter, int eventsMax, long waitMillis) {
        this.loop = loop;
        this.group = loop.join(new LiveGroup.Key(filter, eventsMax, 0), this);
        this.timer = loop.vertx().setTimer(waitMillis, t -> finish(new Page(List.of(), loop.point())));
    }

    /** The next matching events after the loop's point, or none and the point reached when the time is up or the client gone. */
    static Future<Page> await(LiveLoop loop, EventFilter filter, int eventsMax, long waitMillis, Future<Void> gone) {
        NextEvents next = new NextEvents(loop, filter, eventsMax, waitMillis);
        gone.onComplete(v -> next.finish(new Page(List.of(), loop.point())));
        return next.promise.future();
    }

    @Override
    public void deliver(Frame.Events frame) {
        finish(new Page(frame.events(), frame.point()));
    }

    @Override
    public void fallBehind(LogPoint reached) {
        end();
        promise.tryComplete(new Page(List.of(), reached));
    }

    @Override
    public void regressed() {
        end();
        promise.tryFail(Failure.storeUnavailable(null));
    }

    private void end() {
        loop.vertx().cancelTimer(timer);
    }

    private void finish(Page page) {
        if (!promise.future().isComplete()) {
            loop.leave(group, this);
            end();
            promise.tryComplete(page);
        }
    }
}
