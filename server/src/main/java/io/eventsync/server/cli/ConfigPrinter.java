package io.eventsync.server.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.eventsync.server.config.Printable;
import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Function;

/** Every setting with its value and origin, for people or for programs. */
final class ConfigPrinter {
    private record Row(String key, String value, String origin) {
        static Row of(Setting<?> setting, Settings settings) {
            return new Row(setting.key(), settings.show(setting), Printable.escape(settings.origin(setting)));
        }
    }

    private ConfigPrinter() {}

    static void print(Settings settings, boolean isJson, PrintWriter out) {
        List<Row> rows = settings.known().stream()
                .<Row>map(setting -> Row.of(setting, settings))
                .toList();
        if (isJson) {
            printJson(rows, out);
        } else {
            printTable(rows, out);
        }
    }

    private static void printTable(List<Row> rows, PrintWriter out) {
        String format = "%-" + width(rows, Row::key) + "s  %-" + width(rows, Row::value) + "s  %s%n";
        out.printf(format, "KEY", "VALUE", "ORIGIN");
        rows.forEach(row -> out.printf(format, row.key(), row.value(), row.origin()));
    }

    private static int width(List<Row> rows, Function<Row, String> column) {
        return rows.stream().mapToInt(row -> column.apply(row).length()).max().orElse(1);
    }

    private static void printJson(List<Row> rows, PrintWriter out) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            json.writeStartArray();
            for (Row row : rows) {
                json.writeStartObject();
                json.writeStringField("key", row.key());
                json.writeStringField("value", row.value());
                json.writeStringField("origin", row.origin());
                json.writeEndObject();
            }
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        out.println(text);
    }
}
