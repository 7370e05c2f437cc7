package io.eventsync.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskWatchTest {
    private static final long BYTES_MIN = 800;

    private final Vertx vertx = Vertx.vertx();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        TestSql.done(vertx.close());
    }

    @Test
    void disk_isLow_untilThereIsRoomToSpare() {
        DiskWatch watch = new DiskWatch(vertx, folder, BYTES_MIN);

        watch.seen(BYTES_MIN);
        assertThat(watch.isLow()).isFalse();
        assertThat(watch.freeBytes()).isEqualTo(BYTES_MIN);
        watch.seen(BYTES_MIN - 1);
        assertThat(watch.isLow()).isTrue();
        watch.seen(BYTES_MIN + 99);
        assertThat(watch.isLow()).as("a little more room is not kept for long").isTrue();
        watch.seen(BYTES_MIN + 100);
        assertThat(watch.isLow()).isFalse();
    }

    @Test
    void start_looksAtTheDiskAtOnce() {
        DiskWatch watch = new DiskWatch(vertx, folder, Long.MAX_VALUE);

        TestSql.done(watch.start());

        assertThat(watch.isLow()).isTrue();
        watch.close();
    }
}
