package io.eventsync.client.internal.publish;

import io.eventsync.v1.IngestStreamRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One stream: what was sent on it and waits for its answer. The client numbers its appends 1, 2, 3. */
final class Link {
    private final Wire.Stream stream;
    private final int inFlightMax;
    private final Deque<Append> inFlight = new ArrayDeque<>();
    /** Until the server says how many it grants, which it does after the first. */
    private int credits = 1;

    private long firstInFlight = 1;
    private long silentSinceNanos;
    private boolean isLeaving;
    private boolean hasAnswered;

    Link(Wire.Stream stream, int inFlightMax) {
        this.stream = stream;
        this.inFlightMax = inFlightMax;
    }

    boolean canSend() {
        return !isLeaving && inFlight.size() < Math.min(credits, inFlightMax);
    }

    void send(Append append, long nowNanos) {
        if (inFlight.isEmpty()) {
            silentSinceNanos = nowNanos;
        }
        inFlight.add(append);
        stream.send(IngestStreamRequest.newBuilder()
                .setSequence(firstInFlight + inFlight.size() - 1)
                .addAllEvents(append.events())
                .build());
    }

    void credits(int granted) {
        credits = Math.max(1, granted);
    }

    void heard(long nowNanos) {
        silentSinceNanos = nowNanos;
    }

    /** Takes out those that were answered, in order. */
    List<Append> finished(long throughSequence) {
        List<Append> finished = new ArrayList<>();
        while (firstInFlight <= throughSequence && !inFlight.isEmpty()) {
            finished.add(inFlight.remove());
            firstInFlight++;
            hasAnswered = true;
        }
        return finished;
    }

    /** What was sent and not answered. */
    List<Append> unanswered() {
        return List.copyOf(inFlight);
    }

    @Nullable
    Append first() {
        return inFlight.peek();
    }

    boolean isIdle() {
        return inFlight.isEmpty();
    }

    boolean isSilentFor(long nanos, long nowNanos) {
        return !inFlight.isEmpty() && nowNanos - silentSinceNanos >= nanos;
    }

    /** The server is about to end it. */
    void leave() {
        isLeaving = true;
    }

    boolean isLeaving() {
        return isLeaving;
    }

    boolean hasAnswered() {
        return hasAnswered;
    }

    void end() {
        stream.end();
    }

    void cancel() {
        stream.cancel();
    }
}
