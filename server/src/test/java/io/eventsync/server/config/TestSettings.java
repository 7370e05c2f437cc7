package io.eventsync.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings without a process around them. */
public final class TestSettings {
    private TestSettings() {}

    public static Settings defaults(List<Setting<?>> known) {
        return load(known, Map.of());
    }

    public static Settings load(List<Setting<?>> known, Map<String, String> flags) {
        return SettingsLoader.load(known, flags, Map.of(), Optional.empty());
    }

    /** The defaults of a feature under their public names, in order, so that changing either is a visible change. */
    public static void assertDefaults(List<Setting<?>> known, String... keysAndDefaults) {
        assertThat(known.stream().map(setting -> setting.key() + "=" + show(setting)))
                .containsExactly(keysAndDefaults);
    }

    /** Every pair of flag and value is refused, each with a problem of its own. */
    public static void assertRefused(List<Setting<?>> known, Map<String, String> flags) {
        assertThatThrownBy(() -> load(known, flags))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refused -> assertThat(refused.problems()).hasSize(flags.size()));
    }

    private static <T> String show(Setting<T> setting) {
        return setting.show(setting.defaultValue());
    }
}
