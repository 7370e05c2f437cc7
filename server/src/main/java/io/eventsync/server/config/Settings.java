package io.eventsync.server.config;

import io.eventsync.server.config.ConfigException.Problem;
import java.util.List;
import java.util.Map;

/** The accepted settings, each with where its value came from. */
public final class Settings {
    static final String DEFAULT = "default";

    /** The text that won and where it was given. */
    record Source(String text, String origin) {}

    private final List<Setting<?>> known;
    private final Map<String, Source> sources;

    Settings(List<Setting<?>> known, Map<String, Source> sources) {
        this.known = List.copyOf(known);
        this.sources = Map.copyOf(sources);
    }

    public List<Setting<?>> known() {
        return known;
    }

    public <T> T get(Setting<T> setting) {
        requireKnown(setting);
        Source source = sources.get(setting.key());
        return source == null
                ? setting.defaultValue()
                : setting.parse(source.text()).orElseThrow();
    }

    /** {@code flag --x}, {@code environment variable X}, {@code file:line} or {@code default}. */
    public String origin(Setting<?> setting) {
        requireKnown(setting);
        Source source = sources.get(setting.key());
        return source == null ? DEFAULT : source.origin();
    }

    /** The value for people: secrets hidden, control characters escaped. */
    public <T> String show(Setting<T> setting) {
        return Printable.escape(setting.show(get(setting)));
    }

    /** Every setting, for people. */
    public List<ShownSetting> shown() {
        return known.stream().map(setting -> ShownSetting.of(setting, this)).toList();
    }

    /** For rules that join several settings and so are beyond the loader. */
    public Problem problem(Setting<?> setting, String detail) {
        return new Problem(setting.key() + " = " + show(setting), origin(setting), detail);
    }

    private void requireKnown(Setting<?> setting) {
        if (!known.contains(setting)) {
            throw new IllegalArgumentException(setting + " was not among the settings that were loaded");
        }
    }
}
