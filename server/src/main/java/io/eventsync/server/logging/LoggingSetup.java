package io.eventsync.server.logging;

import io.eventsync.server.logging.LoggingConfig.Format;
import java.util.Properties;

/**
 * Hands the logging settings to Logback, which reads them when the first logger is made: call this before any class with
 * a logger is loaded.
 */
public final class LoggingSetup {
    private LoggingSetup() {}

    /** The library that reads the settings logs while it does so, when nobody knows yet in which form: it must not start Logback. */
    public static void beforeSettings() {
        System.setProperty("org.jboss.logging.provider", "jdk");
    }

    @SuppressWarnings("SystemConsoleNull") // answered by the property set first
    public static void apply(LoggingConfig config) {
        // From JDK 22 on System.console() answers even without a terminal, unless the plain console is asked for.
        System.setProperty("jdk.console", "java.base");
        apply(config, System.console() != null, System.getProperties());
    }

    static void apply(LoggingConfig config, boolean isTerminal, Properties system) {
        boolean isText = config.format() == Format.TEXT || (config.format() == Format.AUTO && isTerminal);
        system.setProperty("logback.configurationFile", isText ? "logback-text.xml" : "logback-json.xml");
        system.setProperty("eventsync.logging.level", config.level().name());
    }
}
