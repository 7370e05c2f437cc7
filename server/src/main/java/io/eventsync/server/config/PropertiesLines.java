package io.eventsync.server.config;

import io.eventsync.server.config.ConfigFile.Line;
import io.eventsync.server.config.ConfigFile.UnusableException;
import io.smallrye.config.ConfigValueConfigSource.ConfigValueProperties;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** Java properties. */
final class PropertiesLines {
    private PropertiesLines() {}

    static List<Line> parse(String text) throws UnusableException {
        try {
            // The parser with line numbers lets the last of two equal keys win and logs the value of the other.
            RepeatWatch watch = new RepeatWatch();
            watch.load(new StringReader(text));
            if (watch.repeated.isPresent()) {
                throw new UnusableException(0, "gives " + watch.repeated.get() + " twice");
            }
            ConfigValueProperties properties = new ConfigValueProperties("file", 0);
            properties.load(new StringReader(text));
            return properties.values().stream()
                    .map(value -> new Line(value.getName(), value.getValue(), value.getLineNumber()))
                    .sorted(Comparator.comparingInt(Line::number))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new UnusableException(0, "has a malformed \\u escape");
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    private static final class RepeatWatch extends Properties {
        private static final long serialVersionUID = 1;

        private transient Optional<String> repeated = Optional.empty();

        @Override
        public synchronized Object put(Object key, Object value) {
            if (containsKey(key)) {
                repeated = Optional.of(key.toString());
            }
            return super.put(key, value);
        }
    }
}
