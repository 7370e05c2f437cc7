package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LogPointTest {
    @Test
    void fingerprint_isThatOfTheEvent_whoeverAsks() {
        LogEvent event = TestEvents.event(7, "A");

        assertThat(LogPoint.after(event)).isEqualTo(LogPoint.after(7, event.id(), event.ingestMicros()));
        assertThat(new Appended(event.id(), 7, event.ingestMicros(), false).point())
                .isEqualTo(LogPoint.after(event));
    }

    /** Cursors are kept by clients for ever: the fingerprint of an event never changes, or all of them become foreign. */
    @Test
    void fingerprint_isTheSameForEver() {
        assertThat(LogPoint.after(1, "order-1", 1_700_000_000_000_000L).fingerprint())
                .isEqualTo(LogPoint.after(2, "order-1", 1_700_000_000_000_000L).fingerprint())
                .isEqualTo(1_510_243_760);
    }

    @Test
    void fingerprint_differs_whenIdOrTimeDiffers() {
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            seen.add(LogPoint.after(1, "id-" + i, 5).fingerprint());
            seen.add(LogPoint.after(1, "id", 10 + i).fingerprint());
        }

        assertThat(seen).hasSizeGreaterThan(3_995).doesNotContain(0);
    }

    @Test
    void points_agree_whenTheSameOrNotKnown() {
        LogPoint point = new LogPoint(5, 77);

        assertThat(point.agreesWith(new LogPoint(5, 77))).isTrue();
        assertThat(point.agreesWith(new LogPoint(5, 0))).isTrue();
        assertThat(new LogPoint(5, 0).agreesWith(point)).isTrue();
        assertThat(point.agreesWith(new LogPoint(5, 78))).isFalse();
        assertThat(point.agreesWith(new LogPoint(6, 77))).isFalse();
        assertThat(point.agreesWith(new LogPoint(6, 0))).isFalse();
    }
}
