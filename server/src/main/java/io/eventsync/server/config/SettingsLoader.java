package io.eventsync.server.config;

import io.eventsync.server.config.ConfigException.Problem;
import io.eventsync.server.config.Settings.Source;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Flags over environment over file over defaults. Finds every problem before it gives up. */
public final class SettingsLoader {
    /** Names the config file; the one variable that is not a setting. */
    public static final String CONFIG_FILE_ENV = Setting.ENV_PREFIX + "CONFIG";

    private static final int FILE_ORDINAL = 100;
    private static final int ENV_ORDINAL = 200;
    private static final int FLAG_ORDINAL = 300;

    private SettingsLoader() {}

    /**
     * @param flags by flag name without dashes
     * @param env the whole environment; only names starting with {@code EVENTSYNC_} are looked at
     * @throws ConfigException with every unknown key and every refused value
     */
    public static Settings load(
            List<Setting<?>> known, Map<String, String> flags, Map<String, String> env, Optional<Path> file) {
        List<Problem> problems = new ArrayList<>();
        Layer flagLayer = new Layer(Names.flags(known), problems);
        Layer envLayer = new Layer(Names.env(known), problems, SecretFile::withoutLineEnd);
        Layer fileLayer = new Layer(Names.keys(known), problems);

        flags.forEach((name, value) -> flagLayer.put("--" + name, value, "flag --" + name));
        new TreeMap<>(env).forEach((name, value) -> {
            if (isOurs(name, value)) {
                envLayer.put(name, value, "environment variable " + name);
            }
        });
        file.ifPresent(path -> readFile(path, fileLayer, problems));

        // No interceptors are added: a "$" in a password must not be taken for an expression.
        SmallRyeConfig layered = new SmallRyeConfigBuilder()
                .withSources(
                        flagLayer.toSource("flags", FLAG_ORDINAL),
                        envLayer.toSource("environment", ENV_ORDINAL),
                        fileLayer.toSource("file", FILE_ORDINAL))
                .build();
        Map<String, Source> sources = new HashMap<>();
        for (Setting<?> setting : known) {
            accept(setting, layered.getConfigValue(setting.key()), sources, problems);
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new Settings(known, sources);
    }

    private static boolean isOurs(String name, String value) {
        if (!name.startsWith(Setting.ENV_PREFIX) || ServiceLinks.isServiceLink(name, value)) {
            return false;
        }
        return !name.equals(CONFIG_FILE_ENV) || value.isEmpty();
    }

    private static void readFile(Path path, Layer layer, List<Problem> problems) {
        try {
            for (ConfigFile.Line line : ConfigFile.read(path)) {
                layer.put(line.key(), line.value(), line.origin(path));
            }
        } catch (ConfigFile.UnusableException e) {
            problems.add(new Problem("config file", e.at(path), e.detail()));
        }
    }

    private static void accept(
            Setting<?> setting, ConfigValue found, Map<String, Source> sources, List<Problem> problems) {
        String text = found.getValue();
        if (text == null) {
            return;
        }
        String origin = found.getConfigSourceName();
        if (setting.parse(text).isPresent()) {
            sources.put(setting.key(), new Source(text, origin));
        } else {
            String shown = setting.isSecret()
                    ? setting.key()
                    : setting.key() + " = '" + abbreviate(withoutCredentials(text)) + "'";
            problems.add(new Problem(shown, origin, "expected " + setting.expected()));
        }
    }

    /** A URL may have a password in it, even where none is expected. */
    private static String withoutCredentials(String text) {
        return text.replaceAll("//\\S*@", "//***@");
    }

    private static String abbreviate(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
