package io.eventsync.loadtest.bench;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The peak, half of it, a multiple of it, half of it again; and what that says. */
final class OverloadRun {

    /** Calls that are refused, or wait until the server lets the client send more, hold their place until their answer is here. */
    private static final int IN_FLIGHT_MAX = 20_000;

    private static final Duration RECOVERY = Duration.ofSeconds(5);
    private static final double GOODPUT_MIN = 0.9;
    private static final double SLOWER_MAX = 2;
    private static final double SLOWER_MILLIS_MAX = 5;
    private static final String KEPT = "kept";

    private final CommonOptions common;
    private final LoadOptions load;
    private final double factor;
    private final PrintWriter out;
    private final Duration warmup;
    private final LoadMode mode;
    private final int eventsPerCall;
    private volatile LoadRun run;
    private volatile boolean isStopped;

    OverloadRun(CommonOptions common, LoadOptions load, double factor, PrintWriter out) {
        this.common = common;
        this.load = load;
        this.factor = factor;
        this.out = out;
        this.warmup = common.warmup;
        this.mode = load.batch > 0 ? LoadMode.BATCH : LoadMode.INGEST;
        this.eventsPerCall = load.batchFor(mode);
        this.run = new LoadRun(common, load, mode);
    }

    void stop() {
        isStopped = true;
        run.stop();
    }

    /** Blocks for the runs; answers whether the server kept up. */
    boolean measure() {
        Map<String, Object> peak = measure("peak", 0, warmup);
        double most = number(peak, "events_per_s") / eventsPerCall;
        Map<String, Object> before = measure("half", most / 2, warmup);
        Map<String, Object> overload = measure("overload", most * factor, warmup);
        Map<String, Object> after = measure("half", most / 2, RECOVERY);

        Map<String, Object> result = judge(peak, before, overload, after);
        common.output.print(result, out);
        return KEPT.equals(result.get("verdict"));
    }

    /** What the four results say together. */
    static Map<String, Object> judge(
            Map<String, Object> peak,
            Map<String, Object> before,
            Map<String, Object> overload,
            Map<String, Object> after) {
        double most = number(peak, "events_per_s");
        double answered = number(overload, "events") + number(overload, "failed") * number(overload, "batch");
        double goodput = ratio(number(overload, "events_per_s"), most);
        long otherwise = Math.round(number(overload, "failed") - number(overload, "refused_with_retry_time"));
        double usual = number(before, "p99_ms");
        boolean isBack = number(after, "events") > 0
                && number(after, "p99_ms") <= Math.max(usual * SLOWER_MAX, usual + SLOWER_MILLIS_MAX);
        boolean isKept = most > 0 && goodput >= GOODPUT_MIN && otherwise == 0 && isBack;

        Map<String, Object> result = new LinkedHashMap<>();
        result.put("bench", "overload");
        result.put("peak_events_per_s", peak.get("events_per_s"));
        result.put("asked_per_peak", ratio(number(overload, "rate") * number(overload, "batch"), most));
        result.put("answered_per_peak", ratio(answered / number(overload, "seconds"), most));
        result.put("goodput_per_peak", goodput);
        result.put("refused_with_retry_time", overload.get("refused_with_retry_time"));
        result.put("failed_otherwise", otherwise);
        result.put("p99_ms_before", before.get("p99_ms"));
        result.put("p99_ms_during", overload.get("p99_ms"));
        result.put("p99_ms_5s_after", after.get("p99_ms"));
        result.put("verdict", isKept ? KEPT : "NOT KEPT");
        return result;
    }

    private Map<String, Object> measure(String name, double rate, Duration warm) {
        LoadOptions shape = load.at(rate, rate > 0 ? IN_FLIGHT_MAX / eventsPerCall : load.inFlightFor(mode));
        common.warmup = warm;
        run = new LoadRun(common, shape, mode);
        if (isStopped) {
            run.stop();
        }
        Map<String, Object> result = run.measure(name, common.server.target(), common.serverPids);
        common.output.print(result, out);
        return result;
    }

    private static double number(Map<String, Object> result, String field) {
        return result.get(field) instanceof Number number ? number.doubleValue() : 0;
    }

    private static double ratio(double value, double of) {
        return of > 0 && Double.isFinite(value) ? Tally.round(value / of) : 0;
    }
}
