package io.eventsync.loadtest.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One object that a bench printed. Everything in it that is no figure is a parameter. */
record Result(JsonNode json) {

    /** What was measured, in the order of a table's columns. */
    static final Set<String> FIGURES = new LinkedHashSet<>(List.of(
            "events",
            "events_per_s",
            "deliveries_per_s",
            "p50_ms",
            "p95_ms",
            "p99_ms",
            "p999_ms",
            "max_ms",
            "failed",
            "unsent",
            "undelivered",
            "client_cpu_s_per_1k",
            "server_cpu_s_per_1k",
            "server_rss_mb",
            "server_tree_pss_mb",
            "heap_kb_per_stream",
            "rss_kb_per_stream",
            "pss_kb_per_stream",
            "idle_cpu_percent",
            "open",
            "received_by_all",
            "missing",
            "last_receipt_ms",
            "page_ms",
            "page_events",
            "rare_page_ms",
            "rare_page_events",
            "one_percent_page_ms",
            "one_percent_page_events",
            "all_page_ms",
            "all_page_events",
            "started_ms",
            "first_event_ms",
            "restart_ms",
            "away_ms",
            "heap_mb",
            "rate_ratio",
            "p50_ratio",
            "p99_ratio",
            "server_cpu_ratio",
            "ratio_to_limit",
            "ratio"));

    /** Neither a parameter nor fit for a table. */
    private static final Set<String> LEFT_OUT = Set.of("bench", "failures", "seconds", "endpoints_by_name");

    String bench() {
        return json.get("bench").asText();
    }

    Set<String> parameters() {
        Set<String> names = new LinkedHashSet<>();
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            String name = field.getKey();
            if (!FIGURES.contains(name) && !LEFT_OUT.contains(name)) {
                names.add(name);
            }
        }
        return names;
    }

    boolean has(String name) {
        return json.has(name);
    }

    /** 0 where it was not measured. */
    double figure(String name) {
        return json.path(name).asDouble(0);
    }

    /** As a cell or a label shows it; empty where there is none. */
    String text(String name) {
        JsonNode value = json.path(name);
        if (value.isMissingNode()) {
            return "";
        }
        return value.isValueNode() ? value.asText() : value.toString();
    }
}
