package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.failure.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HttpErrorsIT {
    private static final Pattern ENTRY = Pattern.compile("(?m)^### (\\S+)\\n`[A-Z_]+` · (\\d+) ·");

    @Test
    void reasons_haveTheStatusOfTheDocument() throws IOException {
        Map<String, Integer> documented = new HashMap<>();
        Matcher entry = ENTRY.matcher(Files.readString(Path.of("../docs/ERRORS.md")));
        while (entry.find()) {
            documented.put(entry.group(1), Integer.valueOf(entry.group(2)));
        }

        assertThat(Arrays.stream(Reason.values()).collect(Collectors.toMap(Reason::name, HttpErrors::status)))
                .isEqualTo(documented);
    }
}
