package io.eventsync.server.event;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlClient;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Reads the hashes of all ids up to a position, a portion at a time with as long a pause behind each: it is not urgent, and what else is done
 * goes between. By one connection, so that all are of one history.
 */
final class IdReader {
    /** A few hundred thousand hashes at most, which take the event loop some milliseconds; of ids themselves fewer. */
    private static final int BLOCKS_AT_ONCE = 4;

    private static final int PAGES_AT_ONCE = 350;
    private static final int IDS_AT_ONCE = 10_000;

    private final Vertx vertx;
    private final IdStore store;
    private final SqlClient client;
    private final BooleanSupplier goesOn;
    private final Sink sink;

    /** @param goesOn false ends it */
    IdReader(Vertx vertx, IdStore store, SqlClient client, BooleanSupplier goesOn, Sink sink) {
        this.vertx = vertx;
        this.store = store;
        this.client = client;
        this.goesOn = goesOn;
        this.sink = sink;
    }

    /** Where they go. */
    interface Sink {
        /** Hashes of ids at positions of this block, eight bytes each. */
        void hashes(int block, Buffer hashes);

        void id(String id, long position);
    }

    /**
     * Reads those of the key index from the earliest position on, and those behind it. Fails if it did not find them all.
     *
     * @param indexed how far the key index reaches, the end of a block
     */
    Future<Void> read(long earliest, long indexed, long through) {
        return store.parts(client, earliest, indexed).compose(parts -> {
            List<Stretch> stretches = new ArrayList<>();
            long next = Math.min(earliest, indexed + 1);
            for (IdStore.Part part : parts) {
                if (part.from() > next) {
                    return Future.failedFuture("the index begins at " + part.from() + ", not at " + next);
                }
                stretches.add(part.isHashed() ? new HashedPart(part) : new ScannedPart(part));
                next = part.through() + 1;
            }
            if (next != indexed + 1) {
                return Future.failedFuture("the index ends at " + (next - 1) + ", not at " + indexed);
            }
            stretches.add(new Unindexed(indexed, through));
            Future<Void> done = Future.succeededFuture();
            for (Stretch stretch : stretches) {
                done = done.compose(v -> stretch.read());
            }
            return done;
        });
    }

    /** Positions that are read in one way. They are dense, so it is known how many there are. */
    private abstract class Stretch {
        private final Promise<Void> done = Promise.promise();
        private final long ids;
        private long found;

        Stretch(long ids) {
            this.ids = ids;
        }

        Future<Void> read() {
            goOn();
            return done.future();
        }

        private void goOn() {
            if (!goesOn.getAsBoolean()) {
                done.fail("what was seen does not hold any more");
            } else if (isOver()) {
                end();
            } else {
                long asked = System.nanoTime();
                portion()
                        .onComplete(
                                v -> vertx.setTimer(1 + (System.nanoTime() - asked) / 1_000_000, t -> goOn()),
                                done::fail);
            }
        }

        /** Rows that somebody moved while they were read may have been passed over. */
        private void end() {
            if (found == ids) {
                done.complete();
            } else {
                done.fail("found " + found + " of " + ids + " ids");
            }
        }

        Future<Void> take(Future<List<IdStore.Hashes>> portion) {
            return portion.map(all -> {
                for (IdStore.Hashes hashes : all) {
                    found += hashes.bytes().length() / Long.BYTES;
                    if (goesOn.getAsBoolean()) {
                        sink.hashes(hashes.block(), hashes.bytes());
                    }
                }
                return null;
            });
        }

        void take(String id, long position) {
            found++;
            if (goesOn.getAsBoolean()) {
                sink.id(id, position);
            }
        }

        abstract boolean isOver();

        abstract Future<Void> portion();
    }

    /** Of each block a row has the hashes. */
    private final class HashedPart extends Stretch {
        private final int endBlock;
        private int nextBlock;

        HashedPart(IdStore.Part part) {
            super(part.ids());
            this.nextBlock = part.firstBlock();
            this.endBlock = part.endBlock();
        }

        @Override
        boolean isOver() {
            return nextBlock >= endBlock;
        }

        @Override
        Future<Void> portion() {
            int from = nextBlock;
            nextBlock += BLOCKS_AT_ONCE;
            return take(store.hashesOfBlocks(client, from, Math.min(nextBlock, endBlock)));
        }
    }

    /** Some blocks were indexed by a version that kept no hashes. */
    private final class ScannedPart extends Stretch {
        private final IdStore.Part part;
        private long nextPage;

        ScannedPart(IdStore.Part part) {
            super(part.ids());
            this.part = part;
        }

        @Override
        boolean isOver() {
            return nextPage >= part.pages();
        }

        @Override
        Future<Void> portion() {
            long from = nextPage;
            nextPage += PAGES_AT_ONCE;
            return take(store.hashesOnPages(client, part, from, nextPage));
        }
    }

    /** What the index does not have yet. */
    private final class Unindexed extends Stretch {
        private final long through;
        private long after;

        Unindexed(long indexed, long through) {
            super(through - indexed);
            this.after = indexed;
            this.through = through;
        }

        @Override
        boolean isOver() {
            return after >= through;
        }

        @Override
        Future<Void> portion() {
            long from = after;
            after = Math.min(through, from + IDS_AT_ONCE);
            return store.eachId(client, from, after, this::take);
        }
    }
}
