package io.eventsync.server.delivery;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/** Work of any size, done a piece at a time so that nobody waits long for it. */
final class Pieces {
    private Pieces() {}

    /** @param piece does the next one; answers true when nothing is left. It has to answer later, as a store does. */
    static Future<Void> until(Supplier<Future<Boolean>> piece) {
        Promise<Void> done = Promise.promise();
        next(piece, done);
        return done.future();
    }

    /** No chain of futures: there may be thousands. */
    private static void next(Supplier<Future<Boolean>> piece, Promise<Void> done) {
        piece.get().onComplete(answer -> {
            if (answer.failed()) {
                done.fail(answer.cause());
            } else if (answer.result()) {
                done.complete();
            } else {
                next(piece, done);
            }
        });
    }
}
