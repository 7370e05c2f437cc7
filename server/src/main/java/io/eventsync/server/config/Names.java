package io.eventsync.server.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The names a layer accepts, and which setting each stands for. */
final class Names {
    /** A setting, or the file that holds its value. */
    record Target(Setting<?> setting, boolean isFile) {}

    private final Map<String, Target> targets = new TreeMap<>();

    private Names(List<Setting<?>> known, UnaryOperator<String> naming) {
        for (Setting<?> setting : known) {
            setting.keys().forEach(key -> {
                put(naming.apply(key), new Target(setting, false));
                if (setting.isSecret()) {
                    put(naming.apply(Setting.fileKey(key)), new Target(setting, true));
                }
            });
        }
    }

    static Names keys(List<Setting<?>> known) {
        return new Names(known, UnaryOperator.identity());
    }

    static Names env(List<Setting<?>> known) {
        return new Names(known, Setting::envName);
    }

    static Names flags(List<Setting<?>> known) {
        return new Names(known, key -> "--" + Setting.flagName(key));
    }

    Optional<Target> find(String name) {
        return Optional.ofNullable(targets.get(name));
    }

    /** The name most likely meant; empty when none is near. */
    Optional<String> nearest(String name) {
        return NearestName.of(name, targets.keySet());
    }

    private void put(String name, Target target) {
        if (targets.putIfAbsent(name, target) != null) {
            throw new IllegalArgumentException("two settings share the name " + name);
        }
    }
}
