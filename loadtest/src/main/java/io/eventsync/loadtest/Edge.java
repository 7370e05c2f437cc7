package io.eventsync.loadtest;

import io.eventsync.loadtest.rpc.RpcException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Where the command line's main thread meets asynchronous code: the one place that blocks. */
public final class Edge {

    private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

    private Edge() {}

    public static Vertx vertx(int eventLoops) {
        return Vertx.vertx(new VertxOptions().setEventLoopPoolSize(eventLoops).setPreferNativeTransport(true));
    }

    /** Waits for the answer, at most that long. */
    public static <T> T await(Future<T> future, Duration max) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(max.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new CompletionException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("no end within " + max.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Waits for the end, at most that long. */
    public static void awaitDone(Future<?> future, Duration max) {
        Object ignored = await(future.mapEmpty(), max);
    }

    /** Sleeps, unless the future ends first. */
    public static void awaitOrElapse(Future<?> future, Duration max) {
        try {
            future.toCompletionStage().toCompletableFuture().get(max.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // Elapsed, or failed: the caller asks the future itself.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public static void close(Vertx vertx) {
        awaitOrElapse(vertx.close(), CLOSE_MAX);
    }

    /** What to tell a person about a failure. */
    public static String describe(Throwable failure) {
        if (failure instanceof RpcException rpc) {
            return rpc.status() + " " + rpc.reason() + ": " + rpc.getMessage();
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
