package io.eventsync.loadtest.webhook;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What became of the endpoints' events, for people. */
final class EndpointTable {

    private EndpointTable() {}

    static void print(List<EndpointReport> reports, PrintWriter out) {
        if (reports.isEmpty()) {
            return;
        }
        StringBuilder head = new StringBuilder();
        reports.get(0).describe().keySet().forEach(name -> head.append(cell(name, name)));
        out.println(head.toString().stripTrailing());
        for (EndpointReport report : reports) {
            StringBuilder line = new StringBuilder();
            for (Map.Entry<String, Object> cell : report.describe().entrySet()) {
                line.append(cell(cell.getKey(), cell.getValue()));
            }
            out.println(line.toString().stripTrailing());
        }
        out.println();
    }

    private static String cell(String column, Object value) {
        return value instanceof String && (column.equals("endpoint") || column.equals("prefix"))
                ? String.format(Locale.ROOT, column.equals("prefix") ? "%-40s " : "%-20s ", value)
                : String.format(Locale.ROOT, "%10s ", value);
    }
}
