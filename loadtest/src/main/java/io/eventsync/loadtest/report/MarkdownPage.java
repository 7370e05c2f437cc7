package io.eventsync.loadtest.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A section and a table for each bench; what all its results have in common stands above the table. */
final class MarkdownPage {

    private MarkdownPage() {}

    /** @param lineCharts the pictures of those groups that have one of their own */
    static String of(List<Group> groups, String chart, Map<Group, String> lineCharts) {
        StringBuilder page = new StringBuilder("# Benchmark report\n\n![Events a second and latency](" + chart + ")\n");
        for (Group group : groups) {
            section(group, page);
            String lineChart = lineCharts.get(group);
            if (lineChart != null) {
                page.append("\n![What more of it costs](").append(lineChart).append(")\n");
            }
        }
        return page.toString();
    }

    private static void section(Group group, StringBuilder page) {
        page.append("\n## ").append(group.bench()).append("\n\n");
        Result first = group.results().get(0);
        page.append(group.fixed().stream()
                        .map(name -> name + " `" + first.text(name) + "`")
                        .collect(Collectors.joining(", ")))
                .append("\n\n");
        List<String> columns = new ArrayList<>(group.varied());
        columns.addAll(group.figures());
        row(columns, page);
        row(columns.stream().map(name -> "---").toList(), page);
        for (Result result : group.results()) {
            row(columns.stream().map(result::text).toList(), page);
        }
    }

    private static void row(List<String> cells, StringBuilder page) {
        cells.forEach(cell -> page.append("| ").append(cell.replace("|", "\\|")).append(' '));
        page.append("|\n");
    }
}
