package io.eventsync.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.metrics.Activity.Point;
import io.eventsync.server.metrics.Activity.Points;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ActivityTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong head = new AtomicLong(1_000);
    private final AtomicLong millis = new AtomicLong(1_000_000_000);
    private final Activity activity = new Activity(registry, head::get, () -> Instant.ofEpochMilli(millis.get()));

    private void sample(long events) {
        head.addAndGet(events);
        millis.addAndGet(Activity.STEP_MILLIS);
        activity.sample();
    }

    private Points since(Duration window, int max) {
        return activity.since(window, max);
    }

    @Test
    void rates_areThoseOfTheStep_notOfTheWholeLog() {
        activity.sample();
        registry.counter("eventsync.delivery.events").increment(20);
        registry.timer("eventsync.delivery.attempts", "outcome", "failed").record(40, TimeUnit.MILLISECONDS);
        registry.timer("eventsync.delivery.attempts", "outcome", "succeeded").record(20, TimeUnit.MILLISECONDS);
        sample(50);
        sample(0);

        Points points = since(Duration.ofMinutes(1), 100);

        assertThat(points.step()).isEqualTo(Duration.ofSeconds(5));
        assertThat(points.points()).extracting(Point::events).containsExactly(10.0, 0.0);
        assertThat(points.points()).extracting(Point::delivered).containsExactly(4.0, 0.0);
        assertThat(points.points()).extracting(Point::attemptMillis).containsExactly(30.0, Double.NaN);
        assertThat(points.points().get(0).failed()).isEqualTo(0.2);
    }

    @Test
    void aLateSample_doesNotRaiseTheRate() {
        activity.sample();
        millis.addAndGet(5_000);
        sample(100);

        assertThat(since(Duration.ofMinutes(1), 100).points())
                .extracting(Point::events)
                .containsExactly(10.0);
    }

    @Test
    void aLongWindow_getsLongerSteps_whichStayWhereTheyAre() {
        activity.sample();
        for (int i = 1; i <= 7; i++) {
            sample(10L * i);
        }

        Points before = since(Duration.ofSeconds(60), 4);
        sample(0);
        Points after = since(Duration.ofSeconds(60), 4);

        assertThat(before.step()).isEqualTo(Duration.ofSeconds(15));
        assertThat(before.points()).extracting(Point::events).containsExactly(4.0, 10.0);
        assertThat(after.points()).isEqualTo(before.points());
    }

    @Test
    void windowIsFull_whenTheRingHasGoneRound() {
        for (int i = 0; i < Activity.SAMPLES_MAX + 10; i++) {
            sample(5);
        }

        Points points = since(Duration.ofHours(24), 1_000);

        assertThat(points.points()).hasSizeBetween(950, 1_000).allMatch(point -> point.events() == 1.0);
    }

    @Test
    void nothingIsKnown_beforeTheSecondSample() {
        assertThat(since(Duration.ofHours(1), 10).points()).isEmpty();
        activity.sample();
        assertThat(since(Duration.ofHours(1), 10).points()).isEmpty();
    }
}
