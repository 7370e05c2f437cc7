package io.eventsync.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverloadRunTest {

    private final Map<String, Object> peak = run(1_000, 0, 0, 20);
    private final Map<String, Object> before = run(500, 0, 0, 4);
    private final Map<String, Object> after = run(500, 0, 0, 8.9);

    @Test
    void server_isPraised_whenItStoresWhatItCanAndSaysWhenToRetryTheRest() {
        Map<String, Object> result = OverloadRun.judge(peak, before, run(950, 20_500, 20_500, 900), after);

        assertThat(result)
                .containsEntry("verdict", "kept")
                .containsEntry("asked_per_peak", 4.0)
                .containsEntry("answered_per_peak", 3.0)
                .containsEntry("goodput_per_peak", 0.95)
                .containsEntry("failed_otherwise", 0L);
    }

    @Test
    void refusedBatch_countsForItsEvents() {
        Map<String, Object> overload = run(950, 205, 205, 900);
        overload.put("batch", 100);

        assertThat(OverloadRun.judge(peak, before, overload, after)).containsEntry("answered_per_peak", 3.0);
    }

    @Test
    void server_isBlamed_whenItStoresMuchLess() {
        assertThat(verdict(run(890, 21_100, 21_100, 900), after)).isEqualTo("NOT KEPT");
    }

    @Test
    void server_isBlamed_whenACallFailsWithoutATimeToRetry() {
        assertThat(verdict(run(950, 20_500, 20_499, 900), after)).isEqualTo("NOT KEPT");
    }

    @Test
    void server_isBlamed_whenItStaysSlow() {
        assertThat(verdict(run(950, 20_500, 20_500, 900), run(500, 0, 0, 9.1))).isEqualTo("NOT KEPT");
    }

    @Test
    void server_isBlamed_whenItIsGoneAfterwards() {
        assertThat(verdict(run(950, 20_500, 20_500, 900), run(0, 5_000, 0, 0))).isEqualTo("NOT KEPT");
    }

    private String verdict(Map<String, Object> overload, Map<String, Object> afterwards) {
        return String.valueOf(
                OverloadRun.judge(peak, before, overload, afterwards).get("verdict"));
    }

    /** Ten seconds of it. */
    private static Map<String, Object> run(long perSecond, long failed, long refused, double p99) {
        return new HashMap<>(Map.of(
                "batch",
                1,
                "rate",
                4_000.0,
                "seconds",
                10.0,
                "events",
                perSecond * 10,
                "events_per_s",
                perSecond,
                "failed",
                failed,
                "refused_with_retry_time",
                refused,
                "p99_ms",
                p99));
    }
}
