package io.eventsync.client.internal;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Waits for futures, on threads that may. */
public final class Blocking {
    private Blocking() {}

    /** What the future holds, or the failure it holds, thrown. */
    public static <T> T await(Future<T> future) throws InterruptedException {
        refuseOnEventLoop();
        CountDownLatch done = new CountDownLatch(1);
        future.onComplete(settled -> done.countDown());
        done.await();
        return result(future);
    }

    /** Of futures that are complete: their results, or the first failure with the others as suppressed. */
    public static <T> List<T> results(List<Future<T>> complete) {
        List<T> results = new ArrayList<>(complete.size());
        RuntimeException first = null;
        for (Future<T> future : complete) {
            if (future.succeeded()) {
                results.add(future.result());
            } else if (first == null) {
                first = failure(future);
            } else if (first != future.cause()) {
                first.addSuppressed(future.cause());
            }
        }
        if (first != null) {
            throw first;
        }
        return results;
    }

    public static void refuseOnEventLoop() {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException(
                    "this call blocks, and an event loop must not: use the client's futures here, or a worker thread");
        }
    }

    private static <T> T result(Future<T> future) {
        if (future.failed()) {
            throw failure(future);
        }
        return future.result();
    }

    private static RuntimeException failure(Future<?> failed) {
        return failed.cause() instanceof RuntimeException thrown ? thrown : Failures.lost(failed.cause());
    }
}
