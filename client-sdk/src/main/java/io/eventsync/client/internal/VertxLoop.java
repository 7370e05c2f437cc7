package io.eventsync.client.internal;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;

/** An event loop of Vert.x: the caller's own if it is on one. */
public final class VertxLoop implements Loop {
    private final Vertx vertx;
    private final Context context;

    private VertxLoop(Vertx vertx, Context context) {
        this.vertx = vertx;
        this.context = context;
    }

    public static VertxLoop of(Vertx vertx) {
        Context current = Vertx.currentContext();
        boolean isOurs = current != null && current.owner() == vertx && current.isEventLoopContext();
        return new VertxLoop(vertx, isOurs && current != null ? current : vertx.getOrCreateContext());
    }

    /** Whether this is that context and its own thread: work that blocks has the context too, on another thread and beside it. */
    static boolean isOn(Context context) {
        return Vertx.currentContext() == context && Context.isOnEventLoopThread() == context.isEventLoopContext();
    }

    @Override
    public void run(Runnable task) {
        if (isOn(context)) {
            task.run();
        } else {
            later(task);
        }
    }

    @Override
    public void later(Runnable task) {
        context.runOnContext(ignored -> task.run());
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public long after(long millis, Runnable task) {
        return vertx.setTimer(Math.max(1, millis), id -> run(task));
    }

    @Override
    public void cancel(long timer) {
        vertx.cancelTimer(timer);
    }

    @Override
    public <T> Future<T> blocking(Callable<T> work) {
        Promise<T> answer = Promise.promise();
        vertx.executeBlocking(work, false)
                .onComplete(result -> run(() -> answer.complete(result)), failure -> run(() -> answer.fail(failure)));
        return answer.future();
    }
}
