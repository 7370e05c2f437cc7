package io.eventsync.server.logging;

import static java.util.stream.Collectors.joining;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.IThrowableProxy;
import io.eventsync.server.config.Printable;

/** {@code %stack}: a stack trace whose every line is indented, so that a message inside it cannot pass for a log line. */
public final class StackConverter extends ThrowableProxyConverter {
    @Override
    protected String throwableProxyToString(IThrowableProxy proxy) {
        return super.throwableProxyToString(proxy)
                .lines()
                .map(line -> "    " + Printable.escape(line.strip()) + System.lineSeparator())
                .collect(joining());
    }
}
