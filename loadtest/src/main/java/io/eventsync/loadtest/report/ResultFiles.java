package io.eventsync.loadtest.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads what benches printed with {@code --output json}: one object a line. Other lines of text are passed over. */
final class ResultFiles {

    private static final int RESULTS_MAX = 10_000;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private ResultFiles() {}

    /** Fails with a message for people that names the file and line. */
    static List<Result> read(List<Path> files) throws IOException {
        List<Result> results = new ArrayList<>();
        for (Path file : files) {
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                int number = 0;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    number++;
                    if (line.startsWith("{")) {
                        add(parse(file, number, line), results);
                    }
                }
            }
        }
        return results;
    }

    private static void add(JsonNode json, List<Result> results) {
        if (json.path("bench").isTextual()) {
            results.add(new Result(json));
        }
        if (results.size() > RESULTS_MAX) {
            throw new IllegalArgumentException("more than " + RESULTS_MAX + " results are too many for a report");
        }
    }

    private static JsonNode parse(Path file, int number, String line) {
        try {
            return MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    file + ":" + number + ": not a JSON object: " + e.getOriginalMessage(), e);
        }
    }
}
