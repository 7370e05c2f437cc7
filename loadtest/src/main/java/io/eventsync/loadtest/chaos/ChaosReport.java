package io.eventsync.loadtest.chaos;

import io.eventsync.loadtest.Output;
import io.eventsync.loadtest.OutputOption;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A verdict as a table and a list, or as one line of JSON. */
final class ChaosReport {

    private ChaosReport() {}

    static Map<String, Object> of(ChaosVerdict verdict, long seed, int nodes, List<String> skipped) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("seed", seed);
        result.put("nodes", nodes);
        result.put(
                "faults",
                verdict.faults().stream()
                        .mapToInt(one -> one.readyMillis().size())
                        .sum());
        result.put("skipped", skipped);
        result.put("acknowledged", verdict.acknowledged());
        result.put("lost", verdict.isLogRead() ? verdict.lost() : "all: the log cannot be read");
        result.put("observed", verdict.observed());
        result.put("failed_calls", verdict.failedCalls());
        result.put("readers_told", verdict.told());
        result.put("readers_not_told", verdict.silent());
        verdict.hooks().ifPresent(hooks -> {
            result.put("webhook_requests", hooks.requests());
            result.put("webhook_attempts", hooks.attempts());
            result.put("webhook_unknown", hooks.unknown());
            result.put("webhook_lost", hooks.lost());
            result.put("webhook_duplicates", hooks.duplicates());
            result.put("webhook_duplicates_max", hooks.duplicatesMax());
            result.put("takeover_ms_max", hooks.takeoverMillisMax());
        });
        if (verdict.visits() > 0) {
            result.put("visits", verdict.visits());
        }
        if (!verdict.after().isEmpty()) {
            result.put(
                    "usage_before",
                    verdict.before().stream().map(Usage::toString).toList());
            result.put(
                    "usage_after", verdict.after().stream().map(Usage::toString).toList());
        }
        result.put("violations", verdict.broken());
        return result;
    }

    static void print(Map<String, Object> result, ChaosVerdict verdict, OutputOption output, PrintWriter out) {
        if (output.format() == Output.JSON) {
            result.put(
                    "by_fault",
                    verdict.faults().stream().map(FaultStats::describe).toList());
        } else {
            table(verdict.faults(), out);
        }
        output.print(result, out);
    }

    private static void table(List<FaultStats> faults, PrintWriter out) {
        if (faults.isEmpty()) {
            return;
        }
        StringBuilder head = new StringBuilder();
        faults.get(0).describe().keySet().forEach(name -> head.append(cell(name)));
        out.println(head.toString().stripTrailing());
        for (FaultStats fault : faults) {
            StringBuilder line = new StringBuilder();
            fault.describe().values().forEach(value -> line.append(cell(value)));
            out.println(line.toString().stripTrailing());
        }
        out.println();
    }

    private static String cell(Object value) {
        return String.format(Locale.ROOT, "%-16s", value);
    }
}
