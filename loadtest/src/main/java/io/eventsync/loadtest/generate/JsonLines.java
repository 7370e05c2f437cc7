package io.eventsync.loadtest.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** One object a line. */
final class JsonLines implements LineFormat {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Override
    public String header() {
        return "";
    }

    @Override
    public String line(LogEntry entry) {
        return object(entry) + "\n";
    }

    static String object(LogEntry entry) {
        try {
            return MAPPER.writeValueAsString(Columns.of(entry));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of strings has a JSON form", e);
        }
    }
}
