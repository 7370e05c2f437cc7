package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Echo and one way to ingest in turn, A B A B, so that both meet the same state of the machine; the ratio of medians is the result. */
final class Comparison {

    private final CommonOptions common;
    private final LoadOptions load;
    private final LoadMode mode;
    private final String name;
    private final int rounds;
    private final PrintWriter out;

    Comparison(CommonOptions common, LoadOptions load, LoadMode mode, int rounds, PrintWriter out) {
        this.common = common;
        this.load = load;
        this.mode = mode;
        this.name = mode.name().toLowerCase(Locale.ROOT);
        this.rounds = rounds;
        this.out = out;
    }

    int run() {
        LoadRun run = new LoadRun(common, load, mode);
        List<Map<String, Object>> echoes = new ArrayList<>();
        List<Map<String, Object>> ingests = new ArrayList<>();
        try (EchoProcess echo = EchoProcess.start();
                Interruption interruption = Interruption.stopping(run::stop)) {
            for (int round = 0; round < rounds && !run.isStopped(); round++) {
                echoes.add(print(run.measure("echo", echo.target(), echo.pids())));
                ingests.add(print(run.measure(name, common.server.target(), common.serverPids)));
            }
            Map<String, Object> summary = summary(echoes, ingests);
            common.output.print(summary, out);
            return ingests.isEmpty() || median(ingests, "events_per_s") == 0 ? 1 : 0;
        } catch (RuntimeException e) {
            out.println("cannot measure " + common.server.target() + ": " + Edge.describe(e));
            out.flush();
            return 1;
        }
    }

    private Map<String, Object> print(Map<String, Object> result) {
        common.output.print(result, out);
        return result;
    }

    private Map<String, Object> summary(List<Map<String, Object>> echoes, List<Map<String, Object>> ingests) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("bench", name + "/echo");
        summary.put("rounds", ingests.size());
        summary.put("echo_events_per_s", median(echoes, "events_per_s"));
        summary.put(name + "_events_per_s", median(ingests, "events_per_s"));
        summary.put("rate_ratio", ratio(echoes, ingests, "events_per_s"));
        summary.put("p50_ratio", ratio(echoes, ingests, "p50_ms"));
        summary.put("p99_ratio", ratio(echoes, ingests, "p99_ms"));
        summary.put("server_cpu_ratio", ratio(echoes, ingests, "server_cpu_s_per_1k"));
        return summary;
    }

    /** Ingest divided by echo; 0 where one of them was not measured. */
    private static double ratio(List<Map<String, Object>> echoes, List<Map<String, Object>> ingests, String field) {
        double echo = median(echoes, field);
        return echo == 0 ? 0 : Tally.round(median(ingests, field) / echo);
    }

    static double median(List<Map<String, Object>> results, String field) {
        double[] values = results.stream()
                .map(result -> result.get(field))
                .filter(Number.class::isInstance)
                .mapToDouble(value -> ((Number) value).doubleValue())
                .toArray();
        Arrays.sort(values);
        if (values.length == 0) {
            return 0;
        }
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
