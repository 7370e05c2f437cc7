package io.eventsync.loadtest.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the lines that a receiver wrote about its requests. */
public final class RequestFile {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private RequestFile() {}

    /** Is told of each request. */
    public interface Reader {
        void request(String endpoint, String webhookId, int attempt, int status, String sha256, long timeMicros);
    }

    public static void read(Path file, Reader reader) {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode node = MAPPER.readTree(line);
                reader.request(
                        node.path("endpoint").asText(),
                        node.path("webhook-id").asText(),
                        node.path("eventsync-attempt").asInt(),
                        node.path("status").asInt(),
                        node.path("sha256").asText(),
                        node.path("timeMicros").asLong());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": " + e.getMessage(), e);
        }
    }

    static List<ReceivedHook> hooks(Path file) {
        List<ReceivedHook> hooks = new ArrayList<>();
        read(
                file,
                (endpoint, id, attempt, status, sha256, micros) ->
                        hooks.add(new ReceivedHook(endpoint, id, attempt, status, sha256, micros)));
        return hooks;
    }
}
