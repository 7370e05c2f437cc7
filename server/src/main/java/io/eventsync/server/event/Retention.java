package io.eventsync.server.event;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes whole partitions from the front of the log, by age or by size. In two steps, a round apart: first the earliest position
 * moves, and every reader before it is told so; later the tables go, when nobody reads them any more.
 */
final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final UpkeepStore store;
    private final Duration age;
    private final long bytesMax;

    Retention(UpkeepStore store, Duration age, long bytesMax) {
        this.store = store;
        this.age = age;
        this.bytesMax = bytesMax;
    }

    boolean isOn() {
        return !age.isZero() || bytesMax > 0;
    }

    /** One round: drops what the round before expired, then expires what is due now. */
    Future<Boolean> round() {
        return store.dropping()
                .compose(this::dropAll)
                .compose(v -> store.nowMicros())
                .compose(now -> store.partitions().compose(partitions -> expireDue(partitions, now)))
                .map(v -> false);
    }

    private Future<Void> dropAll(List<Long> partitions) {
        Future<Void> done = Future.succeededFuture();
        for (long from : partitions) {
            done = done.compose(v -> store.drop(from)).map(dropped -> {
                if (dropped) {
                    LOG.info("partition dropped from_position={}", from);
                }
                return null;
            });
        }
        return done;
    }

    private Future<Void> expireDue(List<UpkeepStore.Partition> partitions, long nowMicros) {
        long bytes = partitions.stream().mapToLong(UpkeepStore.Partition::bytes).sum();
        Future<Void> done = Future.succeededFuture();
        for (UpkeepStore.Partition partition : partitions) {
            if (!isDue(partition, bytes, nowMicros)) {
                break;
            }
            bytes -= partition.bytes();
            done = done.compose(v -> store.expire(partition.from())).map(earliest -> {
                if (earliest != null) {
                    LOG.info("partition expired from_position={} earliest={}", partition.from(), earliest);
                }
                return null;
            });
        }
        return done;
    }

    private boolean isDue(UpkeepStore.Partition partition, long bytes, long nowMicros) {
        Long newest = partition.newestMicros();
        if (newest == null) {
            return false; // not full: it may still be written
        }
        boolean tooOld = !age.isZero() && newest < nowMicros - age.toNanos() / 1_000;
        boolean tooMuch = bytesMax > 0 && bytes > bytesMax;
        return tooOld || tooMuch;
    }
}
