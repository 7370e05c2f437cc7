package io.eventsync.server.event;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Reads the hashes of all ids that the key index has, a portion at a time with as long a pause behind each: it is not urgent, and what else is
 * done goes between.
 */
final class HashReader {
    /** Both are some hundred thousand ids at most, which takes the event loop a few milliseconds. */
    private static final int BLOCKS_AT_ONCE = 4;

    private static final int PAGES_AT_ONCE = 350;

    private final Vertx vertx;
    private final IdStore store;
    private final BooleanSupplier goesOn;
    private final Consumer<IdStore.Hashes> into;

    /** @param goesOn false ends it */
    HashReader(Vertx vertx, IdStore store, BooleanSupplier goesOn, Consumer<IdStore.Hashes> into) {
        this.vertx = vertx;
        this.store = store;
        this.goesOn = goesOn;
        this.into = into;
    }

    /** Reads those from a position that retention has left up to the end of a block. Fails if it did not find them all. */
    Future<Void> read(long earliest, long indexed) {
        return store.parts(earliest, indexed).compose(parts -> {
            Future<Void> done = Future.succeededFuture();
            for (IdStore.Part part : parts) {
                done = done.compose(v -> new PartReader(part).read());
            }
            return done;
        });
    }

    private final class PartReader {
        private final IdStore.Part part;
        private final Promise<Void> done = Promise.promise();
        private long next;
        private long found;

        PartReader(IdStore.Part part) {
            this.part = part;
            this.next = part.isHashed() ? part.firstBlock() : 0;
        }

        Future<Void> read() {
            goOn();
            return done.future();
        }

        private void goOn() {
            if (!goesOn.getAsBoolean()) {
                done.fail("what was seen does not hold any more");
            } else if (next >= (part.isHashed() ? part.endBlock() : part.pages())) {
                end();
            } else {
                long asked = System.nanoTime();
                portion().onComplete(hashes -> take(hashes, asked), done::fail);
            }
        }

        private Future<List<IdStore.Hashes>> portion() {
            long from = next;
            if (part.isHashed()) {
                next += BLOCKS_AT_ONCE;
                return store.hashesOfBlocks((int) from, part.endBlock(), BLOCKS_AT_ONCE);
            }
            next += PAGES_AT_ONCE;
            return store.hashesOnPages(part, from, next);
        }

        private void take(List<IdStore.Hashes> all, long asked) {
            for (IdStore.Hashes hashes : all) {
                found += hashes.bytes().length() / Long.BYTES;
                if (goesOn.getAsBoolean()) {
                    into.accept(hashes);
                }
            }
            vertx.setTimer(1 + (System.nanoTime() - asked) / 1_000_000, t -> goOn());
        }

        /** Positions are dense. Rows that somebody moved while they were read may have been passed over. */
        private void end() {
            if (found == part.ids()) {
                done.complete();
            } else {
                done.fail("found " + found + " of " + part.ids() + " ids from position " + part.from());
            }
        }
    }
}
