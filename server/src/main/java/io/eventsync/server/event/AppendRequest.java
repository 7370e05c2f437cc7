package io.eventsync.server.event;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events that go into the log as one unit, and what has become of each so far. */
final class AppendRequest {
    private static final int ITSELF = -1;
    private static final int CALL_BYTES = 8 << 10;
    private static final int STREAMED_BYTES = 1 << 10;

    private final List<NewEvent> events;
    private final @Nullable Object session;
    private final @Nullable Appended[] results;
    private final int[] sameAs;
    private final int bytes;
    private final Context origin;
    private final Promise<List<Appended>> promise = Promise.promise();
    private final long sinceNanos = System.nanoTime();
    private long number;

    /** Fails if two events of one request have the same id and different content. */
    AppendRequest(List<NewEvent> events, @Nullable Object session, Context origin) {
        this.events = events;
        this.session = session;
        this.origin = origin;
        this.results = new @Nullable Appended[events.size()];
        this.sameAs = new int[events.size()];
        Arrays.fill(sameAs, ITSELF);
        int sum = 0;
        for (NewEvent event : events) {
            sum += event.bytes();
        }
        this.bytes = sum;
        if (events.size() > 1) {
            findRepeats();
        }
    }

    private void findRepeats() {
        Map<String, Integer> first = new HashMap<>();
        for (int i = 0; i < events.size(); i++) {
            Integer seen = first.putIfAbsent(events.get(i).id(), i);
            if (seen != null) {
                NewEvent a = events.get(seen);
                NewEvent b = events.get(i);
                if (!a.tag().equals(b.tag()) || !StoredBody.sameContent(a.body(), b.body())) {
                    throw Failure.of(Reason.EVENT_ID_REUSED, "two events of the batch have this id and differ")
                            .with("id", b.id())
                            .with("index", i);
                }
                sameAs[i] = seen;
            }
        }
    }

    List<NewEvent> events() {
        return events;
    }

    /** Requests of one session keep their order; null if there is none to keep. */
    @Nullable
    Object session() {
        return session;
    }

    /** Its place among all requests, in the order in which they came. */
    long number() {
        return number;
    }

    void number(long place) {
        number = place;
    }

    long sinceNanos() {
        return sinceNanos;
    }

    int bytes() {
        return bytes;
    }

    /** What it keeps from being free while it waits: a call of its own has a stream, with its headers, queues and windows. */
    int heldBytes() {
        return bytes + (session == null ? CALL_BYTES : STREAMED_BYTES);
    }

    Context origin() {
        return origin;
    }

    Future<List<Appended>> future() {
        return promise.future();
    }

    /** Whether the event at this index still has to get into the log. */
    boolean isOpen(int index) {
        return results[index] == null && sameAs[index] == ITSELF;
    }

    void resolve(int index, Appended result) {
        results[index] = result;
    }

    boolean isResolved() {
        for (int i = 0; i < results.length; i++) {
            if (isOpen(i)) {
                return false;
            }
        }
        return true;
    }

    /** Answers the caller. On the caller's context. */
    void complete() {
        Appended[] all = new Appended[results.length];
        for (int i = 0; i < all.length; i++) {
            Appended own = results[sameAs[i] == ITSELF ? i : sameAs[i]];
            if (own == null) {
                throw new IllegalStateException("an event of a finished request is open");
            }
            all[i] = sameAs[i] == ITSELF ? own : new Appended(own.id(), own.position(), own.ingestMicros(), true);
        }
        promise.complete(List.of(all));
    }

    /** Refuses the caller. On the caller's context. */
    void fail(Throwable cause) {
        promise.tryFail(cause);
    }
}
