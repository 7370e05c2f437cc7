package io.eventsync.loadtest.propagate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads a JSON array of {@code {"event_type": "...", "event_payload": "..."}}, at most 16 MB of it. */
final class EventsFile {

    private static final long BYTES_MAX = 16L << 20;
    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(64).build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private EventsFile() {}

    static List<PropagatedEvent> read(Path file) {
        JsonNode root = json(file);
        if (!root.isArray() || root.isEmpty()) {
            throw new ConfigException("events_file: " + file + " is not a JSON array of at least one event");
        }
        List<PropagatedEvent> events = new ArrayList<>();
        for (JsonNode entry : root) {
            events.add(event(file, events.size(), entry));
        }
        return events;
    }

    private static PropagatedEvent event(Path file, int index, JsonNode entry) {
        JsonNode type = entry.path("event_type");
        JsonNode payload = entry.path("event_payload");
        if (!type.isTextual() || type.asText().isBlank()) {
            throw bad(file, index, "event_type is not a text");
        }
        if (payload.isMissingNode() || payload.isNull()) {
            throw bad(file, index, "event_payload is missing");
        }
        return new PropagatedEvent(type.asText(), payload.isTextual() ? payload.asText() : payload.toString());
    }

    private static JsonNode json(Path file) {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new ConfigException("events_file: " + file + " is larger than " + BYTES_MAX + " bytes");
            }
            return MAPPER.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw new ConfigException("events_file: " + file + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new ConfigException("events_file: " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static ConfigException bad(Path file, int index, String why) {
        return new ConfigException("events_file: " + file + ", event " + index + ": " + why);
    }
}
