package io.eventsync.server.delivery;

import com.github.f4b6a3.uuid.UuidCreator;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Sends single events on request: on record and signed like any other, but beside all that the endpoint does. */
final class TestDeliveries {
    private static final String TAG = "$SYSTEM.TEST";
    static final int AT_ONCE_MAX = 8;

    private final AuditStore audit;
    private final RunStore runs;
    private final Senders senders;
    private final EventLog log;
    private final UUID node;
    private final SteadyClock clock;
    private int underWay;

    TestDeliveries(AuditStore audit, RunStore runs, Senders senders, EventLog log, UUID node, SteadyClock clock) {
        this.audit = audit;
        this.runs = runs;
        this.senders = senders;
        this.log = log;
        this.node = node;
        this.clock = clock;
    }

    /** @param eventId one of the log, or nothing for one that is made up */
    Future<AttemptRow> send(long endpoint, Optional<String> eventId) {
        if (underWay >= AT_ONCE_MAX) {
            return Future.failedFuture(
                    Failure.of(Reason.RATE_LIMITED, "there are as many test events under way as allowed")
                            .retryAfter(Duration.ofSeconds(1)));
        }
        underWay++;
        return event(eventId)
                .compose(event -> runs.load(new Long[] {endpoint}, clock)
                        .compose(loaded -> loaded.isEmpty()
                                ? Future.failedFuture(Failure.notFound("eventsync.v1/Endpoint", "" + endpoint))
                                : send(loaded.get(0), event)))
                .eventually(() -> {
                    underWay--;
                    return Future.succeededFuture();
                });
    }

    private Future<LogEvent> event(Optional<String> id) {
        if (id.isEmpty()) {
            String name = "test-" + UuidCreator.getTimeOrderedEpoch();
            return Future.succeededFuture(
                    LogEvent.madeUp(name, TAG, "a test event", "{\"test\":true}", clock.databaseMicros()));
        }
        return log.byId(id.get())
                .compose(found -> found.map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(Failure.notFound("eventsync.v1/Event", id.get()))));
    }

    private Future<AttemptRow> send(RunStore.Loaded endpoint, LogEvent event) {
        long id = endpoint.start().handle().id();
        return senders.open(List.of(endpoint)).compose(opened -> {
            Sender sender = opened.get(id);
            if (sender == null) {
                return Future.failedFuture(Failure.of(
                        Reason.SECRET_KEY_MISSING, "the endpoint's secrets do not open with the keys of this server"));
            }
            Delivery delivery = Delivery.of(event, null);
            Attempt attempt = new Attempt(UuidCreator.getTimeOrderedEpoch(), List.of(delivery));
            String target = endpoint.start().settings().destination().target();
            return audit.startTest(attempt.id(), id, delivery, target, node).compose(at -> {
                attempt.start(at);
                return sender.send(attempt)
                        .otherwise(e ->
                                AttemptResult.failure(AttemptError.INTERNAL, "the request could not be made", 0, 0))
                        .compose(result -> audit.endTest(at, attempt.id(), result));
            });
        });
    }
}
