package io.eventsync.server.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans and sends them off by OTLP, on a thread of its own. What the collector does not take in time is dropped: at most {@value
 * #QUEUE_SPANS} wait. Without a place to send them to it only passes on what callers said.
 */
public final class Tracing {
    private static final int QUEUE_SPANS = 4_096;
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration EXPORT_TIMEOUT = Duration.ofSeconds(5);
    private static final long CLOSE_MILLIS_MAX = 2_000;
    /** A batch of deliveries may come from many traces. */
    private static final int LINKS_MAX = 100;

    private final @Nullable SdkTracerProvider provider;
    private final Tracer tracer;

    private Tracing(@Nullable SdkTracerProvider provider) {
        this.provider = provider;
        this.tracer = (provider == null ? TracerProvider.noop() : provider).get("io.eventsync.server");
    }

    /** @param nodeId tells the nodes of one log apart */
    public static Tracing of(TracingConfig config, String version, String nodeId) {
        return new Tracing(config.endpoint()
                .map(url -> provider(url, config, version, nodeId))
                .orElse(null));
    }

    private static SdkTracerProvider provider(String url, TracingConfig config, String version, String nodeId) {
        OtlpHttpSpanExporterBuilder exporter =
                OtlpHttpSpanExporter.builder().setEndpoint(url).setTimeout(EXPORT_TIMEOUT);
        config.authorization().ifPresent(value -> exporter.addHeader("authorization", value));
        return SdkTracerProvider.builder()
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(config.samplePerMille() / 1_000.0)))
                .setResource(Resource.getDefault().toBuilder()
                        .put("service.name", "eventsync")
                        .put("service.version", version)
                        .put("service.instance.id", nodeId)
                        .build())
                .addSpanProcessor(BatchSpanProcessor.builder(exporter.build())
                        .setMaxQueueSize(QUEUE_SPANS)
                        .setScheduleDelay(EVERY)
                        .setExporterTimeout(EXPORT_TIMEOUT)
                        .build())
                .build();
    }

    /** Whether anybody wants spans. */
    public boolean isOn() {
        return provider != null;
    }

    /**
     * A call of a client's.
     *
     * @param method as gRPC writes it, {@code package.Service/Method}; one of a bounded number
     * @param traceparent valid, or empty
     */
    public Work call(String method, String traceparent) {
        if (provider == null) {
            return Work.unrecorded(traceparent);
        }
        int slash = method.indexOf('/');
        Span span = child(method, traceparent)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(AttributeKey.stringKey("rpc.system"), "grpc")
                .setAttribute(AttributeKey.stringKey("rpc.service"), method.substring(0, slash))
                .setAttribute(AttributeKey.stringKey("rpc.method"), method.substring(slash + 1))
                .startSpan();
        return new Work(span, traceparent);
    }

    /** A part of other work, on this node. */
    public Work part(String name, Work whole) {
        return provider == null
                ? Work.unrecorded(whole.traceparent())
                : new Work(
                        tracer.spanBuilder(name)
                                .setParent(Context.root().with(whole.span()))
                                .startSpan(),
                        whole.traceparent());
    }

    /** Work on an event, at the place that the event's producer gave it. */
    public Work later(String name, String traceparent) {
        return provider == null
                ? Work.unrecorded(traceparent)
                : new Work(child(name, traceparent).startSpan(), traceparent);
    }

    /**
     * Something asked of somebody else for these events: a part of the one's trace, or a trace of its own with links to all of theirs.
     *
     * @param traceparents of the events; valid, or empty
     */
    public Work request(String name, Collection<String> traceparents) {
        String only = traceparents.size() == 1 ? traceparents.iterator().next() : "";
        if (provider == null) {
            return Work.unrecorded(only);
        }
        SpanBuilder builder = child(name, only).setSpanKind(SpanKind.CLIENT);
        if (only.isEmpty()) {
            traceparents.stream()
                    .filter(t -> !t.isEmpty())
                    .distinct()
                    .limit(LINKS_MAX)
                    .forEach(t -> builder.addLink(context(t)));
        }
        return new Work(builder.startSpan(), only);
    }

    private SpanBuilder child(String name, String traceparent) {
        SpanBuilder builder = tracer.spanBuilder(name);
        return traceparent.isEmpty()
                ? builder.setNoParent()
                : builder.setParent(Context.root().with(Span.wrap(context(traceparent))));
    }

    private static SpanContext context(String traceparent) {
        return SpanContext.createFromRemoteParent(
                Traceparent.traceId(traceparent),
                Traceparent.spanId(traceparent),
                TraceFlags.fromHex(Traceparent.flags(traceparent), 0),
                TraceState.getDefault());
    }

    /** Sends off what waits, if the collector takes it within {@value #CLOSE_MILLIS_MAX} ms. */
    public Future<Void> close() {
        SdkTracerProvider open = provider;
        if (open == null) {
            return Future.succeededFuture();
        }
        Promise<Void> closed = Promise.promise();
        open.shutdown().whenComplete(closed::tryComplete);
        return closed.future().timeout(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS).otherwiseEmpty();
    }
}
