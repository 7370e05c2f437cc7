package io.eventsync.server.logging;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.eventsync.server.config.Printable;

/** {@code %escaped}: the message, with text from users kept inside its own line. */
public final class EscapedMessageConverter extends MessageConverter {
    @Override
    public String convert(ILoggingEvent event) {
        String message = super.convert(event);
        return message == null ? "" : Printable.escape(message);
    }
}
