package io.eventsync.loadtest.receiver;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/** Work on the context that owns the state; its result back on the context that asked. */
final class Confined {

    private Confined() {}

    static <T> Future<T> call(Context owner, Context home, Supplier<T> work) {
        if (owner == home) {
            return Future.succeededFuture(work.get());
        }
        Promise<T> promise = Promise.promise();
        owner.runOnContext(there -> {
            Future<T> result = result(work);
            home.runOnContext(back -> result.onComplete(promise));
        });
        return promise.future();
    }

    private static <T> Future<T> result(Supplier<T> work) {
        try {
            return Future.succeededFuture(work.get());
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }
}
