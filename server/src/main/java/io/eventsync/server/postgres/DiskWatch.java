package io.eventsync.server.postgres;

import io.eventsync.server.upkeep.Upkeep;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every second at the room on a disk. A Postgres whose log finds no room ends at once and does not come back before there is some; one
 * that is told to stop writing before that goes on answering.
 */
public final class DiskWatch {
    private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);
    private static final long EVERY_MILLIS = 1_000;
    /** What has to be free beyond the bound before it counts as room again, as a share of the bound. */
    private static final int SLACK_DIVISOR = 8;

    private final Vertx vertx;
    private final Path folder;
    private final long bytesMin;
    private final Upkeep round;
    private volatile boolean isLow;
    private volatile long freeBytes;

    DiskWatch(Vertx vertx, Path folder, long bytesMin) {
        this.vertx = vertx;
        this.folder = folder;
        this.bytesMin = bytesMin;
        this.round = new Upkeep(vertx, "disk watch", EVERY_MILLIS, () -> look().map(seen -> false));
    }

    /** Ends when it has looked once. */
    public Future<Void> start() {
        return look().onComplete(looked -> round.start());
    }

    public void close() {
        round.close();
    }

    /** Whether there is so little room that nothing should be added. From any thread. */
    public boolean isLow() {
        return isLow;
    }

    /** What was free when it looked last. From any thread. */
    public long freeBytes() {
        return freeBytes;
    }

    private Future<Void> look() {
        return vertx.executeBlocking(this::readFreeBytes).map(free -> {
            seen(free);
            return null;
        });
    }

    private long readFreeBytes() throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }

    void seen(long freeBytes) {
        this.freeBytes = freeBytes;
        if (!isLow && freeBytes < bytesMin) {
            isLow = true;
            LOG.warn(
                    "disk low free_bytes={} min_bytes={} folder={} next=events are refused until there is room",
                    freeBytes,
                    bytesMin,
                    folder);
        } else if (isLow && freeBytes >= bytesMin + bytesMin / SLACK_DIVISOR) {
            isLow = false;
            LOG.info("disk has room again free_bytes={} folder={}", freeBytes, folder);
        }
    }
}
