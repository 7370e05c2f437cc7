package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import io.eventsync.loadtest.rpc.Target;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A yardstick and one way to ingest in turn, A B A B, so that both meet the same state of the machine; the ratio of medians is the result. */
final class Comparison {

    private final CommonOptions common;
    private final LoadOptions load;
    private final int rounds;
    private final PrintWriter out;

    /** What is measured in turn, by the name that the results have. */
    private record Side(String name, LoadRun run, Target target, List<Long> serverPids) {}

    Comparison(CommonOptions common, LoadOptions load, int rounds, PrintWriter out) {
        this.common = common;
        this.load = load;
        this.rounds = rounds;
        this.out = out;
    }

    /** Beside the same stack without a log. */
    int withEcho(LoadMode mode) {
        try (EchoProcess echo = EchoProcess.start()) {
            Side yardstick = new Side("echo", new LoadRun(common, load, mode), echo.target(), echo.pids());
            return run(yardstick, onTarget(mode.name().toLowerCase(Locale.ROOT), mode));
        } catch (RuntimeException e) {
            return failed(e);
        }
    }

    /** JSON over HTTP beside gRPC. */
    int httpWithGrpc() {
        return run(onTarget("grpc", LoadMode.INGEST), onTarget("http", LoadMode.HTTP));
    }

    private Side onTarget(String name, LoadMode mode) {
        return new Side(name, new LoadRun(common, load, mode), common.server.target(), common.serverPids);
    }

    private int run(Side yardstick, Side measured) {
        List<Map<String, Object>> base = new ArrayList<>();
        List<Map<String, Object>> results = new ArrayList<>();
        try (Interruption first = Interruption.stopping(yardstick.run()::stop);
                Interruption second = Interruption.stopping(measured.run()::stop)) {
            for (int round = 0; round < rounds && !yardstick.run().isStopped(); round++) {
                base.add(measure(yardstick));
                results.add(measure(measured));
            }
            common.output.print(summary(yardstick.name(), base, measured.name(), results), out);
            return results.isEmpty() || median(results, "events_per_s") == 0 ? 1 : 0;
        } catch (RuntimeException e) {
            return failed(e);
        }
    }

    private int failed(RuntimeException e) {
        out.println("cannot measure " + common.server.target() + ": " + Edge.describe(e));
        out.flush();
        return 1;
    }

    private Map<String, Object> measure(Side side) {
        Map<String, Object> result = side.run().measure(side.name(), side.target(), side.serverPids());
        common.output.print(result, out);
        return result;
    }

    private static Map<String, Object> summary(
            String yardstick, List<Map<String, Object>> base, String name, List<Map<String, Object>> results) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("bench", name + "/" + yardstick);
        summary.put("rounds", results.size());
        summary.put(yardstick + "_events_per_s", median(base, "events_per_s"));
        summary.put(name + "_events_per_s", median(results, "events_per_s"));
        summary.put("rate_ratio", ratio(base, results, "events_per_s"));
        summary.put("p50_ratio", ratio(base, results, "p50_ms"));
        summary.put("p99_ratio", ratio(base, results, "p99_ms"));
        summary.put("server_cpu_ratio", ratio(base, results, "server_cpu_s_per_1k"));
        return summary;
    }

    /** Results divided by the yardstick's; 0 where that was not measured. */
    private static double ratio(List<Map<String, Object>> base, List<Map<String, Object>> results, String field) {
        double yardstick = median(base, field);
        return yardstick == 0 ? 0 : Tally.round(median(results, field) / yardstick);
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
