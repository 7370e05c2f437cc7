package io.eventsync.server.cli;

import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A command sets properties of the JVM for its log; the next test must not find them. */
final class ForgetLogging implements BeforeEachCallback, AfterEachCallback {
    private static final List<String> PROPERTIES = List.of(
            "jdk.console", "org.jboss.logging.provider", "logback.configurationFile", "eventsync.logging.level");

    @Override
    public void beforeEach(ExtensionContext context) {
        PROPERTIES.forEach(System::clearProperty);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        PROPERTIES.forEach(System::clearProperty);
    }
}
