package io.eventsync.client.internal;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;

/** Waits for Futures, for callers that have a thread to spare. */
public final class Awaiting {
    private Awaiting() {}

    /**
     * What the Future has, or its failure thrown.
     *
     * @throws CancellationException if the thread is interrupted, which it stays
     * @throws IllegalStateException on an event loop, which would wait for itself
     */
    public static <T> T result(Future<T> future) {
        refuseEventLoop();
        try {
            return future.toCompletionStage().toCompletableFuture().get();
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw thrown(e.getCause() == null ? e : e.getCause());
        }
    }

    /** Blocking calls do not belong on event loops. */
    public static void refuseEventLoop() {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException(
                    "this call blocks; an event loop must not, use the Future or a handler instead");
        }
    }

    public static CancellationException interrupted() {
        Thread.currentThread().interrupt();
        return new CancellationException("interrupted while waiting for events");
    }

    /** As an exception that needs no declaration. */
    public static RuntimeException thrown(Throwable failure) {
        return failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
    }
}
