package io.eventsync.server.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

/** Something that is being done, and its place in a trace. Safe for every thread. */
public final class Work {
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    private final Span span;
    private final String given;

    /** @param given the place it was given, for when nobody records its own */
    Work(Span span, String given) {
        this.span = span;
        this.given = given;
    }

    /** Of nobody's interest, at this place of a trace. */
    static Work unrecorded(String given) {
        return new Work(Span.getInvalid(), given);
    }

    /** What to tell whoever does a part of this work: its own place if it is recorded, else the place it was given. May be empty. */
    public String traceparent() {
        SpanContext own = span.getSpanContext();
        return own.isSampled()
                ? "00-" + own.getTraceId() + "-" + own.getSpanId() + "-"
                        + own.getTraceFlags().asHex()
                : given;
    }

    Span span() {
        return span;
    }

    public void note(String name, String value) {
        span.setAttribute(name, value);
    }

    public void note(String name, long value) {
        span.setAttribute(name, value);
    }

    /** @param error a name of bounded number, never a message; null if it went well */
    public void end(@Nullable String error) {
        if (error != null) {
            span.setAttribute(ERROR, error);
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }
}
