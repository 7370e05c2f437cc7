package io.eventsync.loadtest.receiver;

import io.vertx.core.json.JsonObject;
import java.util.List;

/** The counters as a plain table. */
final class CountsPage {

    private static final String HEAD = """
            <!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>receiver</title>
            <style>body{font:14px system-ui}td,th{padding:2px 8px;text-align:right}td:first-child{text-align:left}</style>
            """;

    private CountsPage() {}

    static String of(List<EndpointCounts> counts, long canaryHits) {
        StringBuilder page = new StringBuilder(HEAD).append("<table>");
        for (int i = 0; i < counts.size(); i++) {
            JsonObject row = counts.get(i).toJson();
            if (i == 0) {
                page.append("<tr>");
                row.fieldNames()
                        .forEach(name -> page.append("<th>").append(name).append("</th>"));
                page.append("</tr>");
            }
            page.append("<tr>");
            row.forEach(
                    cell -> page.append("<td>").append(escaped(cell.getValue())).append("</td>"));
            page.append("</tr>");
        }
        return page.append("</table><p>canary hits: ")
                .append(canaryHits)
                .append("</p>\n")
                .toString();
    }

    private static String escaped(Object value) {
        return value.toString().replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
