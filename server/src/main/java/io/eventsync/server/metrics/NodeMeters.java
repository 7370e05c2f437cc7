package io.eventsync.server.metrics;

import io.eventsync.server.metrics.NodeStore.Backlog;
import io.eventsync.server.metrics.NodeStore.EndpointStates;
import io.eventsync.server.metrics.NodeStore.Failing;
import io.eventsync.server.metrics.NodeStore.Lag;
import io.eventsync.server.upkeep.Upkeep;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What only the database knows: who lags how far, what waits, how large it all is. Asked every {@value #INTERVAL_MILLIS} ms and
 * remembered; each node says the same, so take any one's, not their sum.
 */
public final class NodeMeters {
    private static final long INTERVAL_MILLIS = 15_000;

    private final NodeStore store;
    private final MultiGauge consumers;
    private final MultiGauge endpoints;
    private final MultiGauge failing;
    private final MultiGauge states;
    private final MultiGauge breakers;
    private final Upkeep rounds;
    private volatile Backlog backlog = new Backlog(0, 0, 0, 0, 0);

    public NodeMeters(Vertx vertx, Pool pool, MeterRegistry registry) {
        this.store = new NodeStore(pool);
        this.consumers =
                named(registry, "eventsync.consumer.lag.events", "Events after a consumer's position, of all tags");
        this.endpoints = named(
                registry, "eventsync.endpoint.lag.events", "Events after what an endpoint has settled, of all tags");
        this.failing = named(
                registry, "eventsync.endpoint.failing.seconds", "Since when no attempt of an endpoint has succeeded");
        this.states = named(registry, "eventsync.endpoints", "Endpoints by state");
        this.breakers = named(
                registry,
                "eventsync.endpoints.breaker.open",
                "Endpoints whose circuit breaker is not closed, by state");
        gauge(
                registry,
                "eventsync.delivery.waiting",
                "Deliveries set aside to be retried or to wait for one before them",
                Backlog::waiting);
        gauge(registry, "eventsync.dead.letters", "Dead letters kept", Backlog::deadLetters);
        gauge(
                registry,
                "eventsync.delivery.oldest.due.seconds",
                "For how long an endpoint that could be sent a retry has been left alone, the longest",
                Backlog::oldestDueSeconds);
        gauge(registry, "eventsync.database.size.bytes", "Size of the database on disk", Backlog::databaseBytes);
        gauge(
                registry,
                "eventsync.database.connections",
                "Connections to the database, of all nodes and others",
                Backlog::connections);
        this.rounds =
                new Upkeep(vertx, "metrics", INTERVAL_MILLIS, () -> refresh().map(v -> false));
    }

    private static MultiGauge named(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<Backlog> value) {
        Gauge.builder(name, () -> value.applyAsDouble(backlog))
                .description(description)
                .register(registry);
    }

    /** Reads once, and then in rounds. Call on an event loop. */
    public Future<Void> start() {
        return refresh().otherwiseEmpty().onComplete(v -> rounds.start());
    }

    private Future<Void> refresh() {
        return store.consumers()
                .compose(lags -> {
                    consumers.register(rows(lags, "consumer", Lag::name, Lag::events), true);
                    return store.endpoints();
                })
                .compose(lags -> {
                    endpoints.register(rows(lags, "endpoint", Lag::name, Lag::events), true);
                    return store.failing();
                })
                .compose(all -> {
                    failing.register(rows(all, "endpoint", Failing::name, Failing::seconds), true);
                    return store.states();
                })
                .compose(all -> {
                    states.register(rows(all, "state", EndpointStates::state, EndpointStates::endpoints), true);
                    breakers.register(rows(all, "state", EndpointStates::state, EndpointStates::breakersOpen), true);
                    return store.backlog();
                })
                .map(read -> {
                    backlog = read;
                    return null;
                });
    }

    private static <T> List<Row<?>> rows(
            List<T> all, String label, java.util.function.Function<T, String> name, ToDoubleFunction<T> value) {
        List<Row<?>> rows = new ArrayList<>(all.size());
        for (T one : all) {
            rows.add(Row.of(Tags.of(label, name.apply(one)), value.applyAsDouble(one)));
        }
        return rows;
    }

    public void close() {
        rounds.close();
    }
}
