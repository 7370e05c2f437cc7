package io.eventsync.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.TestLog;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Future;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StartsTest {
    private final TestLog log = new TestLog(1, Runnable::run);
    private final Cursors cursors = new Cursors(new UUID(1, 2));
    private final Starts starts = new Starts(log, cursors, name -> Future.failedFuture("no consumers"));

    @Test
    void expiredCursor_isRefusedWithTheEarliest() {
        for (int i = 0; i < 10; i++) {
            log.append("A", "k");
        }
        log.expireBefore(6);

        Throwable refused = starts.verify(cursors.encode(new LogPoint(2, 0))).cause();

        assertThat(refused).isInstanceOfSatisfying(Failure.class, failure -> {
            assertThat(failure.reason()).isEqualTo(Reason.CURSOR_EXPIRED);
            assertThat(failure.metadata()).containsEntry("missed_events", "3").containsKey("earliest_cursor");
            assertThat(cursors.decode(failure.metadata().getOrDefault("earliest_cursor", ""))
                            .position())
                    .isEqualTo(5);
        });
        assertThat(starts.verify(cursors.encode(new LogPoint(5, 0))).result().position())
                .isEqualTo(5);
    }
}
