package io.eventsync.loadtest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/** How results are printed: aligned text for people, or one JSON object a line for scripts. */
public enum Output {
    TEXT,
    JSON;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    public void print(Map<String, Object> result, PrintWriter out) {
        if (this == JSON) {
            out.println(json(result));
        } else {
            result.forEach((name, value) -> out.printf(Locale.ROOT, "%-28s %s%n", name, value));
            out.println();
        }
        out.flush();
    }

    private static String json(Map<String, Object> result) {
        try {
            return MAPPER.writeValueAsString(result);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a result of plain values has a JSON form", e);
        }
    }
}
