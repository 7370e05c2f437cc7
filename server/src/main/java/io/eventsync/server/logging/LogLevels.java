package io.eventsync.server.logging;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.eventsync.server.logging.LoggingConfig.Level;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Levels of the running process. Safe for every thread. */
public final class LogLevels {
    private LogLevels() {}

    /** What held for a logger before, and what does now. */
    public record Change(Level before, Level now) {}

    /**
     * Changes a logger, and with it those below it that have no level of their own.
     *
     * @param name empty for the root
     * @param level null for that of the logger above; not for the root
     * @return empty if there is no such logger: names are those of classes that log, and of their packages
     */
    public static Optional<Change> set(String name, @Nullable Level level) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        // Never getLogger: it would make one for whatever name it is given.
        Logger logger = context.exists(name.isEmpty() ? Logger.ROOT_LOGGER_NAME : name);
        if (logger == null) {
            return Optional.empty();
        }
        Level before = level(logger);
        logger.setLevel(level == null ? null : ch.qos.logback.classic.Level.toLevel(level.name()));
        return Optional.of(new Change(before, level(logger)));
    }

    private static Level level(Logger logger) {
        int known = logger.getEffectiveLevel().toInt();
        // One that is off writes as little as it can.
        return known >= ch.qos.logback.classic.Level.ERROR_INT
                ? Level.ERROR
                : Level.valueOf(logger.getEffectiveLevel().toString());
    }
}
