package io.eventsync.server.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogFormatTest {
    private static final String FORGED = "x\r\n00:00:00.000 INFO  Forged \u001b[2J\u2028y";

    @Test
    void text_keepsAMessageInItsLine() throws JoranException {
        assertThat(encode("logback-text.xml", FORGED, null).lines())
                .singleElement()
                .asString()
                .endsWith("INFO  LogFormatTest x\\r\\n00:00:00.000 INFO  Forged \\u001b[2J\\u2028y");
    }

    @Test
    void text_indentsStacks() throws JoranException {
        Throwable thrown = new IllegalStateException(FORGED, new IllegalArgumentException(FORGED));

        assertThat(encode("logback-text.xml", "failed", thrown).lines().skip(1))
                .hasSizeGreaterThan(4)
                .allSatisfy(line -> assertThat(line).startsWith("    ").doesNotContain("\u001b"));
    }

    @Test
    void json_isOneLineWithEcsFields() throws JoranException {
        Throwable thrown = new IllegalStateException(FORGED);

        assertThat(encode("logback-json.xml", FORGED, thrown).lines())
                .singleElement()
                .asString()
                .contains(
                        "\"@timestamp\":",
                        "\"log.level\": \"INFO\"",
                        "\"service.name\":\"eventsync\"",
                        "error.stack_trace");
    }

    @ParameterizedTest
    @ValueSource(strings = {"logback-text.xml", "logback-json.xml"})
    void closingConnections_areSilent(String file) throws JoranException {
        Logger logger = configure(file).getLogger("io.netty.handler.codec.http2.DefaultHttp2Connection");

        assertThat(logger.getLevel()).isEqualTo(Level.OFF);
    }

    private static String encode(String file, String message, @Nullable Throwable thrown) throws JoranException {
        LoggerContext context = configure(file);
        ConsoleAppender<ILoggingEvent> appender = (ConsoleAppender<ILoggingEvent>)
                context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stdout");
        Logger logger = context.getLogger(LogFormatTest.class);
        LoggingEvent event = new LoggingEvent("fqcn", logger, Level.INFO, message, thrown, null);
        return new String(appender.getEncoder().encode(event), UTF_8);
    }

    private static LoggerContext configure(String file) throws JoranException {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(LogFormatTest.class.getClassLoader().getResource(file));
        return context;
    }
}
