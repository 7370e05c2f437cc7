package io.eventsync.loadtest.bench;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One row for each size of the log; what was not measured is a dash. */
final class GrowthTable {

    private static final List<Column> COLUMNS = List.of(
            new Column("log_events", "events"),
            new Column("events_per_s", "ingest/s"),
            new Column("p99_ms", "p99 ms"),
            new Column("page_ms", "page ms"),
            new Column("rare_page_ms", "0.001% ms"),
            new Column("rare_page_events", "found"),
            new Column("one_percent_page_ms", "1% ms"),
            new Column("all_page_ms", "100% ms"),
            new Column("started_ms", "started ms"),
            new Column("first_event_ms", "event ms"),
            new Column("restart_ms", "restart ms"),
            new Column("away_ms", "away ms"),
            new Column("heap_mb", "heap MB"),
            new Column("server_rss_mb", "RSS MB"),
            new Column("server_tree_pss_mb", "tree MB"));

    private final PrintWriter out;

    private record Column(String name, String title) {}

    GrowthTable(PrintWriter out) {
        this.out = out;
    }

    void head() {
        COLUMNS.forEach(column -> cell(column.title()));
        endRow();
    }

    void row(Map<String, Object> result) {
        COLUMNS.forEach(column -> cell(String.valueOf(result.getOrDefault(column.name(), "-"))));
        endRow();
    }

    private void cell(String text) {
        out.printf(Locale.ROOT, "%11s", text);
    }

    private void endRow() {
        out.println();
        out.flush();
    }
}
