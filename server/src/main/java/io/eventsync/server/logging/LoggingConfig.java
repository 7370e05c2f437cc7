package io.eventsync.server.logging;

import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.util.List;

/** How much is logged, and in which form. */
public record LoggingConfig(Format format, Level level) {

    public static final Setting<Format> FORMAT = Setting.choice(
                    "logging.format",
                    Format.AUTO,
                    "Form of log lines: json (ECS fields) or text; auto is text on a terminal, else json")
            .alias("log.format");
    public static final Setting<Level> LEVEL = Setting.choice(
                    "logging.level", Level.INFO, "The least severe level that is logged")
            .alias("log.level");

    public static final List<Setting<?>> SETTINGS = List.of(FORMAT, LEVEL);

    public static LoggingConfig from(Settings settings) {
        return new LoggingConfig(settings.get(FORMAT), settings.get(LEVEL));
    }

    /** The form of a log line. */
    public enum Format {
        AUTO,
        JSON,
        TEXT
    }

    /** Severity, most severe first. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }
}
