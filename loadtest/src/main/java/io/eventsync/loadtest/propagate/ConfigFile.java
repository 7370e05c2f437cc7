package io.eventsync.loadtest.propagate;

import io.eventsync.loadtest.rpc.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads a YAML configuration. A key that is unknown or has a bad value is an error that names it. */
final class ConfigFile {

    static final List<String> KEYS =
            List.of("interval_seconds", "api_endpoint", "target", "events_file", "count", "duration_seconds", "seed");
    private static final int BYTES_MAX = 64 << 10;
    private static final double SECONDS_MAX = 365 * 86_400.0;

    private final Path file;
    private final Map<?, ?> values;

    private ConfigFile(Path file, Map<?, ?> values) {
        this.file = file;
        this.values = values;
    }

    static PropagateConfig read(Path file) {
        return new ConfigFile(file, values(file)).config();
    }

    private PropagateConfig config() {
        for (Object key : values.keySet()) {
            if (!(key instanceof String) || !KEYS.contains(key)) {
                throw bad(String.valueOf(key), "is not a key here; known: " + String.join(", ", KEYS));
            }
        }
        if (values.containsKey("api_endpoint") && values.containsKey("target")) {
            throw bad("api_endpoint", "goes by HTTP and 'target' by gRPC; give one of them");
        }
        Duration interval = seconds("interval_seconds");
        String endpoint = text("api_endpoint");
        String events = text("events_file");
        return new PropagateConfig(
                interval == null ? null : PropagateConfig.interval(name("interval_seconds"), interval),
                endpoint == null ? null : PropagateConfig.endpoint(name("api_endpoint"), endpoint),
                target(),
                events == null ? null : Path.of(events),
                count(),
                seconds("duration_seconds"),
                whole("seed"));
    }

    private @Nullable Target target() {
        String text = text("target");
        try {
            return text == null ? null : Target.parse(text);
        } catch (IllegalArgumentException e) {
            throw bad("target", String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Long count() {
        Long count = whole("count");
        if (count != null && count < 1) {
            throw bad("count", "is at least 1, not " + count);
        }
        return count;
    }

    private @Nullable String text(String key) {
        Object value = values.get(key);
        if (values.containsKey(key) && !(value instanceof String text && !text.isBlank())) {
            throw bad(key, "is a text, not " + value);
        }
        return (String) value;
    }

    private @Nullable Long whole(String key) {
        Object value = values.get(key);
        if (values.containsKey(key) && !(value instanceof Integer || value instanceof Long)) {
            throw bad(key, "is a whole number, not " + value);
        }
        return value == null ? null : ((Number) value).longValue();
    }

    private @Nullable Duration seconds(String key) {
        Object value = values.get(key);
        if (!values.containsKey(key)) {
            return null;
        }
        double seconds = value instanceof Number given ? given.doubleValue() : 0;
        if (!(seconds > 0) || seconds > SECONDS_MAX) {
            throw bad(key, "is a number of seconds above 0, not " + value);
        }
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    private String name(String key) {
        return file + ": " + key;
    }

    private ConfigException bad(String key, String why) {
        return new ConfigException(file + ": '" + key + "' " + why);
    }

    private static Map<?, ?> values(Path file) {
        LoaderOptions limits = new LoaderOptions();
        limits.setAllowDuplicateKeys(false);
        limits.setCodePointLimit(BYTES_MAX);
        limits.setMaxAliasesForCollections(0);
        try {
            Object root = new Yaml(new SafeConstructor(limits)).load(Files.readString(file));
            if (root == null) {
                return Map.of();
            }
            if (root instanceof Map<?, ?> map) {
                return map;
            }
            throw new ConfigException(
                    file + ": expected lines of 'key: value'; known keys: " + String.join(", ", KEYS));
        } catch (YAMLException e) {
            throw new ConfigException(file + ": not YAML: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new ConfigException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
