package io.eventsync.server.config;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.eventsync.server.ServerConfig;
import io.eventsync.server.config.ConfigFile.UnusableException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

class ConfigFuzzTest {
    private static final Set<String> KNOWN =
            ServerConfig.SETTINGS.stream().map(Setting::key).collect(Collectors.toUnmodifiableSet());

    /** A file of any content is settings or a refusal, in both of its forms. */
    @FuzzTest(maxDuration = "2m")
    void file_isRead_orRefused(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            load(YamlLines.parse(text));
        } catch (UnusableException refused) {
            // Said with its line.
        }
        try {
            load(PropertiesLines.parse(text));
        } catch (UnusableException refused) {
            // Said with its line.
        }
    }

    private static void load(List<ConfigFile.Line> lines) {
        Map<String, String> flags = new HashMap<>();
        for (ConfigFile.Line line : lines) {
            // Not those that name files: what is in them is not part of the input.
            if (!line.key().contains("file")) {
                flags.put(line.key(), line.value());
            }
        }
        // Loading takes milliseconds; most inputs are not worth it.
        if (flags.keySet().stream().noneMatch(KNOWN::contains)) {
            return;
        }
        try {
            Object unused = ServerConfig.from(TestSettings.load(ServerConfig.SETTINGS, flags));
        } catch (ConfigException refused) {
            // Said with each problem.
        }
    }
}
