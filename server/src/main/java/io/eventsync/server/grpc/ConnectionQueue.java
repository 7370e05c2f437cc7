package io.eventsync.server.grpc;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What the streams of one connection have to write, in the order in which they came with it. The transport alone is not fair: each time
 * the socket takes more, it turns to the streams in the order in which they were opened. So where there is more to write than the client
 * reads, the last ones would come to nothing for seconds. Therefore it is handed no more than the socket takes at once, and the rest
 * waits here. On the context of the connection.
 *
 * <p>Nobody waits long for a stream whose client takes nothing of it: what much has overtaken counts no more, and where nothing that
 * counts is taken, though the connection as a whole has room, more and more is handed on, as much as the streams' own limits allow.
 */
final class ConnectionQueue {
    /** As much as makes the transport call the socket full. */
    static final long HANDED_BYTES_MAX = 64L << 10;

    static final long OVERTAKEN_BYTES_MAX = 4 * HANDED_BYTES_MAX;
    private static final long LOOK_MILLIS = 5;

    private final Vertx vertx;
    private final BooleanSupplier hasRoom;
    private final Deque<Handed> handed = new ArrayDeque<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long handedBytes;
    private long handedBytesMax = HANDED_BYTES_MAX;
    private long writtenBytes;
    private long writesThatCount;
    private boolean isPlanned;
    private boolean isLooking;
    private int streams;

    /** @param hasRoom whether the connection as a whole takes more */
    ConnectionQueue(Vertx vertx, BooleanSupplier hasRoom) {
        this.vertx = vertx;
        this.hasRoom = hasRoom;
    }

    /** With the transport, and not written yet. */
    private static final class Handed {
        private final long bytes;
        private final long writtenBefore;
        private boolean counts = true;

        Handed(long bytes, long writtenBefore) {
            this.bytes = bytes;
            this.writtenBefore = writtenBefore;
        }
    }

    private record Waiting(long bytes, Supplier<Future<Void>> write, Promise<Void> promise) {}

    void opened() {
        streams++;
    }

    /** Answers whether it was the last stream. */
    boolean closed() {
        return --streams == 0;
    }

    /**
     * @param write hands it to the transport, now or later
     * @return done once it is written
     */
    Future<Void> write(long bytes, Supplier<Future<Void>> write) {
        if (waiting.isEmpty() && handedBytes < handedBytesMax) {
            return hand(bytes, write);
        }
        Waiting last = new Waiting(bytes, write, Promise.promise());
        waiting.addLast(last);
        lookLater();
        return last.promise().future();
    }

    private Future<Void> hand(long bytes, Supplier<Future<Void>> write) {
        Future<Void> written;
        try {
            written = write.get();
        } catch (IllegalStateException late) {
            return Future.failedFuture(late);
        }
        if (!written.isComplete()) {
            Handed entry = new Handed(bytes, writtenBytes);
            handedBytes += bytes;
            handed.addLast(entry);
            written.onComplete(done -> written(entry));
        }
        return written;
    }

    private void written(Handed entry) {
        writtenBytes += entry.bytes;
        handedBytesMax = HANDED_BYTES_MAX;
        if (entry.counts) {
            writesThatCount++;
        }
        forget(entry);
        while (!handed.isEmpty() && isPast(handed.getFirst())) {
            forget(handed.removeFirst());
        }
        handOnLater();
    }

    /** Not at once: the transport is in the middle of sharing out what the socket takes, and its sums would not come out. */
    private void handOnLater() {
        if (!isPlanned && !waiting.isEmpty()) {
            isPlanned = true;
            vertx.runOnContext(v -> {
                isPlanned = false;
                handOn();
            });
        }
    }

    private boolean isPast(Handed oldest) {
        return !oldest.counts || writtenBytes - oldest.writtenBefore > OVERTAKEN_BYTES_MAX;
    }

    private void forget(Handed entry) {
        if (entry.counts) {
            entry.counts = false;
            handedBytes -= entry.bytes;
        }
    }

    private void handOn() {
        while (!waiting.isEmpty() && handedBytes < handedBytesMax) {
            Waiting next = waiting.removeFirst();
            hand(next.bytes(), next.write()).onComplete(next.promise());
        }
    }

    private void lookLater() {
        if (!isLooking) {
            isLooking = true;
            long before = writesThatCount;
            vertx.setTimer(LOOK_MILLIS, t -> {
                isLooking = false;
                if (writesThatCount == before && hasRoom.getAsBoolean()) {
                    handed.forEach(this::forget);
                    handed.clear();
                    handedBytesMax *= 2;
                    handOn();
                }
                if (!waiting.isEmpty()) {
                    lookLater();
                }
            });
        }
    }
}
