package io.eventsync.server.delivery;

import io.eventsync.server.backoff.Backoff;
import io.eventsync.server.endpoint.EndpointSettings;
import io.eventsync.server.endpoint.EndpointSettings.ExhaustedPolicy;
import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import io.eventsync.server.endpoint.EndpointSettings.RateLimit;
import io.eventsync.server.endpoint.RetryPolicy;
import io.eventsync.server.endpoint.WebhookDestination;
import io.eventsync.server.event.EventFilter;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.TestEvents;
import io.eventsync.server.sync.ExpiredPolicy;
import io.eventsync.server.tag.TagPrefix;
import io.eventsync.server.webhook.WebhookFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** An endpoint's run with settings to choose; everything that it takes down counts as recorded at once. */
final class TestRun {
    /** Of everything below A. */
    static final EventFilter FILTER = new EventFilter(List.of(new TagPrefix("A")), List.of(), Set.of(), Map.of());

    LogPoint start = LogPoint.BEGINNING;
    Ordering ordering = Ordering.PARALLEL;
    ExhaustedPolicy onExhausted = ExhaustedPolicy.PARK_AND_CONTINUE;
    Backoff backoff = new Backoff.Delays(List.of(5_000L, 30_000L), 0);
    Optional<WebhookDestination.Batch> batch = Optional.empty();
    Optional<RateLimit> rate = Optional.empty();
    Breaker.State breaker = Breaker.State.CLOSED;
    int inFlightMax = 4;
    int waitingMax = 100;
    List<Delivery> waiting = new ArrayList<>();
    ModelTurn turn = new ModelTurn();

    private EndpointRun run = start();
    private long ids;

    static EndpointSettings settings(
            Ordering ordering,
            ExhaustedPolicy onExhausted,
            RetryPolicy retryPolicy,
            Optional<WebhookDestination.Batch> batch,
            Optional<RateLimit> rate,
            int maxInFlight) {
        WebhookDestination webhook = new WebhookDestination(
                "https://a.example/",
                WebhookFormat.STANDARD,
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(15),
                batch,
                List.of());
        return new EndpointSettings(
                "", webhook, FILTER, ordering, onExhausted, retryPolicy, rate, maxInFlight, ExpiredPolicy.ERROR);
    }

    EndpointRun start() {
        turn = new ModelTurn();
        run = new EndpointRun(
                new RunStart(
                        new EndpointHandle(1, "e", 1, 1, 1),
                        settings(ordering, onExhausted, new RetryPolicy(backoff, Set.of()), batch, rate, 0),
                        start,
                        null,
                        Set.of(),
                        Map.of(),
                        waiting,
                        breaker,
                        0,
                        0,
                        Long.MIN_VALUE,
                        0,
                        Long.MIN_VALUE,
                        new FailingSince()),
                turn,
                () -> new UUID(0, ++ids),
                new Random(1),
                inFlightMax,
                waitingMax,
                0);
        return run;
    }

    /** A delivery that waits, as it is in the database. */
    static Delivery row(long position, String key, boolean isAsked, int attempts, long due) {
        Delivery row = new Delivery(position, "id-" + position, "A", key, 10, isAsked, null);
        row.state(Delivery.State.RETRYING);
        row.attempts(attempts);
        row.number(attempts);
        row.dueMillis(due);
        row.rowSince(1);
        return row;
    }

    void offer(long position, String key) {
        offer(position, key, 0);
    }

    void offer(long position, String key, long now) {
        run.offer(TestEvents.event(position, "A", key), now);
    }

    /** Starts what is next, with all its events there. */
    Attempt begin(long now) {
        Attempt attempt = Objects.requireNonNull(run.next(now), "something to send");
        for (Delivery delivery : attempt.withoutEvent()) {
            LogEvent event = TestEvents.event(delivery.position(), "A", delivery.key());
            delivery.event(event);
        }
        run.begin(attempt);
        attempt.start(1_000 * now + 1);
        return attempt;
    }

    /** Starts what is next, which then ends at the same moment. */
    void send(long now, AttemptResult result) {
        Attempt attempt = begin(now);
        run.ended(attempt, result, now);
        turn.recorded(1);
    }
}
