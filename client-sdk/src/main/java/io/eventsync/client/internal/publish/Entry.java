package io.eventsync.client.internal.publish;

import com.google.rpc.Code;
import io.eventsync.client.EventSyncException;
import io.eventsync.client.EventSyncException.ServerError;
import io.eventsync.client.Published;
import io.eventsync.v1.Event;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An event on its way, and the future that tells what became of it. */
final class Entry {
    /** What an event takes besides its bytes: lists, promises, the entry. */
    static final int OVERHEAD_BYTES = 300;

    private final Event event;
    private final int bytes;
    private final long bornNanos;
    private final Room room;
    private final @Nullable Context caller;
    private final Promise<Published> promise = Promise.promise();
    private long number;
    private int companyMax = Integer.MAX_VALUE;
    private boolean isFinished;

    /** Room was taken for it already. */
    Entry(Event event, long bornNanos, Room room, @Nullable Context caller) {
        this.event = event;
        this.bytes = size(event);
        this.bornNanos = bornNanos;
        this.room = room;
        this.caller = caller;
    }

    /** What it takes of the buffer. */
    static int size(Event event) {
        return event.getSerializedSize() + OVERHEAD_BYTES;
    }

    Event event() {
        return event;
    }

    int bytes() {
        return bytes;
    }

    long bornNanos() {
        return bornNanos;
    }

    Future<Published> future() {
        return promise.future();
    }

    /** Its place among all events of the publisher; what is sent again keeps it. */
    long number() {
        return number;
    }

    void number(long place) {
        this.number = place;
    }

    /** How large an append with it may be: small once it was in one that was refused, so that the guilty one comes to light. */
    int companyMax() {
        return companyMax;
    }

    void companyMax(int events) {
        companyMax = Math.max(1, Math.min(companyMax, events));
    }

    boolean isFinished() {
        return isFinished;
    }

    void succeed(long position, String cursor, boolean deduplicated) {
        finish(() -> promise.complete(new Published(event.getId(), position, cursor, deduplicated)));
    }

    void fail(Throwable failure) {
        finish(() -> promise.fail(failure));
    }

    /** Nobody knows whether it is in the log. */
    void giveUp(String why) {
        fail(new EventSyncException(
                new ServerError(
                        Code.DEADLINE_EXCEEDED,
                        "DEADLINE_EXCEEDED",
                        why
                                + "; whether the event is in the log is unknown, publishing it again with the same id is safe",
                        Map.of("id", event.getId()),
                        List.of(),
                        Optional.empty()),
                null));
    }

    private void finish(Runnable outcome) {
        if (isFinished) {
            return;
        }
        isFinished = true;
        room.release(bytes);
        if (caller != null) {
            caller.runOnContext(v -> outcome.run());
            return;
        }
        try {
            outcome.run();
        } catch (RuntimeException thrownByAHandler) {
            report(thrownByAHandler);
        }
    }

    /** As Vert.x reports what handlers throw; the events after this one are not to suffer from it. */
    private static void report(RuntimeException thrown) {
        Context here = Vertx.currentContext();
        if (here == null) {
            throw thrown;
        }
        here.runOnContext(v -> {
            throw thrown;
        });
    }
}
