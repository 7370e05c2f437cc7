package io.eventsync.server.config;

import io.eventsync.server.config.BoundedFile.UnreadableException;
import io.eventsync.server.config.ConfigException.Problem;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.MapBackedConfigValueConfigSource;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** What one place says: names turned into keys, secret files into their contents, anything else into a problem. */
final class Layer {
    private final Names names;
    private final List<Problem> problems;
    private final UnaryOperator<String> secrets;
    private final Map<String, ConfigValue> values = new HashMap<>();

    Layer(Names names, List<Problem> problems) {
        this(names, problems, UnaryOperator.identity());
    }

    /** @param secrets what is made of the text of a secret before it is looked at */
    Layer(Names names, List<Problem> problems, UnaryOperator<String> secrets) {
        this.names = names;
        this.problems = problems;
        this.secrets = secrets;
    }

    void put(String name, String text, String origin) {
        names.find(name)
                .ifPresentOrElse(
                        target -> putKnown(target, text, origin),
                        // The text stays out of the message: it may be a secret under a mistyped name.
                        () -> problems.add(new Problem(name, origin, "unknown setting" + suggestion(name))));
    }

    ConfigSource toSource(String name, int ordinal) {
        return new Source(name, values, ordinal);
    }

    private void putKnown(Names.Target target, String given, String origin) {
        Setting<?> setting = target.setting();
        String text = setting.isSecret() && !target.isFile() ? secrets.apply(given) : given;
        if (text.isEmpty()) {
            String detail = "has no value; expected " + setting.expected() + ", or leave it out for the default";
            problems.add(new Problem(setting.key(), origin, detail));
        } else if (target.isFile()) {
            try {
                putValue(setting.key(), SecretFile.read(Path.of(text)), origin);
            } catch (UnreadableException e) {
                problems.add(new Problem(setting.key(), origin, "the file " + text + " " + e.detail()));
            } catch (InvalidPathException e) {
                problems.add(new Problem(setting.key(), origin, "'" + text + "' is not a path"));
            }
        } else {
            putValue(setting.key(), text, origin);
        }
    }

    private void putValue(String key, String value, String origin) {
        ConfigValue given = ConfigValue.builder()
                .withName(key)
                .withValue(value)
                .withConfigSourceName(origin)
                .build();
        ConfigValue earlier = values.putIfAbsent(key, given);
        if (earlier != null) {
            problems.add(new Problem(key, origin, "already given by " + earlier.getConfigSourceName()));
        }
    }

    private String suggestion(String name) {
        return names.nearest(name)
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse("; 'config print' lists all of them");
    }

    private static final class Source extends MapBackedConfigValueConfigSource {
        private static final long serialVersionUID = 1;

        Source(String name, Map<String, ConfigValue> values, int ordinal) {
            super(name, values, ordinal);
        }
    }
}
