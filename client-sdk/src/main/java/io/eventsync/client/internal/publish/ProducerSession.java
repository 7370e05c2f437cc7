package io.eventsync.client.internal.publish;

import com.github.f4b6a3.uuid.UuidCreator;
import com.google.rpc.Code;
import io.eventsync.client.BufferFullException;
import io.eventsync.client.EventSyncException;
import io.eventsync.client.EventSyncException.ServerError;
import io.eventsync.client.Published;
import io.eventsync.client.PublisherOptions;
import io.eventsync.v1.Event;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What any thread may call of a publisher. The work is done on one context, by {@link Sender}; the way there is a queue. */
public final class ProducerSession extends VerticleBase {
    private final PublisherOptions options;
    private final LongSupplier nanos;
    private final Sender sender;
    private final Room room;
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isWoken = new AtomicBoolean();
    private final Promise<Void> closed = Promise.promise();
    private final AtomicBoolean isClosing = new AtomicBoolean();
    private volatile @Nullable Context home;
    private volatile boolean isStopped;

    private ProducerSession(Vertx vertx, Wire wire, PublisherOptions options, Pauses pauses, LongSupplier nanos) {
        this.options = options;
        this.nanos = nanos;
        this.room = new Room(options.bufferEventsMax(), options.bufferBytesMax());
        this.sender = new Sender(vertx, wire, options, pauses, nanos);
    }

    /** Takes events at once. */
    static ProducerSession open(Vertx vertx, Wire wire, PublisherOptions options, Pauses pauses, LongSupplier nanos) {
        ProducerSession session = new ProducerSession(vertx, wire, options, pauses, nanos);
        vertx.deployVerticle(session).onFailure(refused -> session.abandon());
        return session;
    }

    /**
     * By the machine's clock.
     *
     * @param onEnd told once it is closed
     */
    public static ProducerSession open(
            Vertx vertx, Wire wire, PublisherOptions options, Consumer<ProducerSession> onEnd) {
        ProducerSession session = open(vertx, wire, options, new Pauses(new SplittableRandom()), System::nanoTime);
        session.closed.future().onComplete(done -> onEnd.accept(session));
        return session;
    }

    @Override
    public Future<?> start() {
        home = context;
        wake();
        return Future.succeededFuture();
    }

    /** Comes with {@link #close()}, or when the Vert.x is closed under us. */
    @Override
    public Future<?> stop() {
        abandon();
        return Future.succeededFuture();
    }

    private void abandon() {
        isStopped = true;
        work();
        sender.stop("the client was closed");
        closed.tryComplete();
    }

    public Future<Published> publish(Event event) {
        Optional<EventSyncException> refusal = EventCheck.refusal(event, options.payloadBytesMax());
        if (refusal.isPresent()) {
            return Future.failedFuture(refusal.get());
        }
        if (isClosing.get()) {
            return Future.failedFuture(closedFailure());
        }
        Event named = event.getId().isEmpty()
                ? event.toBuilder()
                        .setId(UuidCreator.getTimeOrderedEpoch().toString())
                        .build()
                : event;
        int size = Entry.size(named);
        if (!room.take(size)) {
            return Future.failedFuture(new BufferFullException("the publisher's buffer is full: " + room));
        }
        Entry entry = new Entry(named, nanos.getAsLong(), room, otherContext());
        post(() -> sender.add(entry));
        return entry.future();
    }

    public boolean isEnded() {
        return closed.future().isComplete();
    }

    public boolean isFull() {
        return room.isFull();
    }

    public Future<Void> drained() {
        return here(room.drained());
    }

    public Future<Void> flush() {
        Promise<Void> flushed = Promise.promise();
        post(() -> sender.flush().onComplete(flushed));
        return here(flushed.future());
    }

    public Future<Void> close() {
        if (isClosing.compareAndSet(false, true)) {
            post(() -> sender.close().onComplete(done -> leave()));
        }
        return here(closed.future());
    }

    private void leave() {
        Context here = home;
        if (here == null) {
            closed.tryComplete();
            return;
        }
        here.owner().undeploy(here.deploymentID()).onComplete(done -> closed.tryComplete());
    }

    private static EventSyncException closedFailure() {
        return new EventSyncException(
                new ServerError(
                        Code.FAILED_PRECONDITION, "", "the publisher is closed", Map.of(), List.of(), Optional.empty()),
                null);
    }

    /** Completes on the caller's context, if it has one. */
    private <T> Future<T> here(Future<T> future) {
        Context caller = otherContext();
        if (caller == null) {
            return future;
        }
        Promise<T> promise = Promise.promise();
        future.onComplete(done -> caller.runOnContext(v -> promise.handle(done)));
        return promise.future();
    }

    /** Where the caller wants its answer, unless that is here. */
    private @Nullable Context otherContext() {
        Context caller = Vertx.currentContext();
        return caller == home ? null : caller;
    }

    private void post(Runnable task) {
        inbox.add(task);
        if (isStopped) {
            work();
        } else {
            wake();
        }
    }

    private void wake() {
        Context here = home;
        if (here != null && isWoken.compareAndSet(false, true)) {
            here.runOnContext(v -> {
                isWoken.set(false);
                work();
            });
        }
    }

    private void work() {
        for (Runnable task = inbox.poll(); task != null; task = inbox.poll()) {
            task.run();
        }
        sender.advance();
    }
}
