package io.eventsync.server.delivery;

import io.eventsync.server.delivery.Explanation.Verdict;
import io.eventsync.server.endpoint.Endpoint;
import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import io.eventsync.server.endpoint.EndpointState;
import io.eventsync.server.event.LogEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Says why an event is where it is; pure. Of several reasons the first in the order of {@link Verdict}. */
final class Explainer {
    private final Endpoint endpoint;
    private final LogEvent event;
    private final Optional<DeliveryRow> delivery;
    private final List<AttemptRow> attempts;
    private final Facts facts;

    /**
     * What else has to be known.
     *
     * @param firstWaiting the earliest delivery of the endpoint (or of the event's key) that waits, or 0
     */
    record Facts(long nowMicros, long firstWaiting, int waitingMax, long headPosition) {}

    Explainer(
            Endpoint endpoint, LogEvent event, Optional<DeliveryRow> delivery, List<AttemptRow> attempts, Facts facts) {
        this.endpoint = endpoint;
        this.event = event;
        this.delivery = delivery;
        this.attempts = attempts;
        this.facts = facts;
    }

    Explanation explain() {
        if (delivery.isPresent()) {
            Explanation settled = settled(delivery.get().state());
            if (settled != null) {
                return settled;
            }
        } else if (!isMatched()) {
            return say(Verdict.NOT_MATCHED, "the endpoint's filter does not match it", 0);
        } else if (event.position() <= endpoint.status().beginPosition()) {
            return say(
                    Verdict.BEFORE_START,
                    "it lies at or before position " + endpoint.status().beginPosition()
                            + ", where the endpoint began or was moved to",
                    0);
        } else if (event.position() <= endpoint.status().point().position()) {
            // Looked at under another filter, or its attempts are older than the audit.
            return say(
                    Verdict.NOT_MATCHED,
                    "the endpoint has passed it without an attempt on record: its filter did not match it then, or the audit is older",
                    0);
        }
        return waiting();
    }

    private @org.jspecify.annotations.Nullable Explanation settled(DeliveryRow.State state) {
        return switch (state) {
            case DELIVERED ->
                say(
                        Verdict.DELIVERED,
                        "the receiver took it at attempt "
                                + delivery.orElseThrow().attempts(),
                        0);
            case DEAD ->
                say(
                        Verdict.DEAD_LETTER,
                        "it was given up after " + delivery.orElseThrow().attempts()
                                + " attempts; RetryDelivery or a replay sends it again",
                        0);
            case CANCELED -> say(Verdict.CANCELED, "the endpoint was moved while it waited", 0);
            case IN_FLIGHT ->
                say(Verdict.IN_FLIGHT, "attempt " + delivery.orElseThrow().attempts() + " is under way", 0);
            default -> null;
        };
    }

    private Explanation waiting() {
        Endpoint.Status status = endpoint.status();
        if (status.state() == EndpointState.PAUSED) {
            return say(Verdict.ENDPOINT_PAUSED, "the endpoint is paused; ResumeEndpoint starts it", 0);
        }
        if (status.state() == EndpointState.DISABLED) {
            return say(
                    Verdict.ENDPOINT_DISABLED,
                    "the server disabled the endpoint ("
                            + status.disableReason().map(Enum::name).orElse("") + "); ResumeEndpoint starts it",
                    0);
        }
        if (status.state() == EndpointState.BLOCKED) {
            return say(
                    Verdict.ENDPOINT_BLOCKED,
                    "the event at position " + status.blockedPosition() + " was given up and blocks the endpoint",
                    status.blockedPosition());
        }
        if (status.owner().isEmpty()) {
            return say(Verdict.NO_OWNER, "no node works the endpoint just now; one takes it in a moment", 0);
        }
        if (isLater(status.pausedUntilMicros())) {
            return say(
                    Verdict.RETRY_AFTER,
                    "the receiver asked to be left alone for another " + until(status.pausedUntilMicros()),
                    0);
        }
        if (status.breaker().equals("OPEN")) {
            return say(
                    Verdict.BREAKER_OPEN,
                    "the receiver fails; the next probe goes out in " + until(status.probeMicros()),
                    0);
        }
        boolean isOrdered = endpoint.settings().ordering() != Ordering.PARALLEL;
        if (isOrdered && facts.firstWaiting() > 0 && facts.firstWaiting() < event.position()) {
            return say(
                    Verdict.BEHIND_EARLIER,
                    "the event at position " + facts.firstWaiting() + " comes first",
                    facts.firstWaiting());
        }
        if (delivery.isPresent()) {
            DeliveryRow row = delivery.get();
            return say(
                    Verdict.RETRYING,
                    "waits for attempt " + (row.attempts() + 1) + ", due in " + until(row.nextAttemptMicros()),
                    0);
        }
        if (status.retrying() >= facts.waitingMax()) {
            return say(
                    Verdict.WINDOW_FULL, "as many deliveries wait for a retry as may (" + facts.waitingMax() + ")", 0);
        }
        if (endpoint.settings().rateLimit().isPresent() && lag() <= 1_000) {
            return say(Verdict.RATE_LIMITED, "the endpoint's rate limit holds it back", 0);
        }
        return say(Verdict.NOT_REACHED, "the endpoint has " + lag() + " events to look at before it", 0);
    }

    private long lag() {
        return Math.max(0, event.position() - endpoint.status().point().position() - 1);
    }

    private boolean isMatched() {
        return endpoint.settings().filter().matches(event);
    }

    private boolean isLater(OptionalLong micros) {
        return micros.isPresent() && micros.getAsLong() > facts.nowMicros();
    }

    private String until(OptionalLong micros) {
        long left = Math.max(0, micros.orElse(facts.nowMicros()) - facts.nowMicros());
        Duration wait = Duration.ofMillis((left + 999) / 1_000);
        return wait.compareTo(Duration.ofMinutes(2)) < 0
                ? String.format("%.1f s", wait.toMillis() / 1_000.0)
                : wait.toMinutes() + " min";
    }

    private Explanation say(Verdict verdict, String text, long blocking) {
        boolean isMeant = verdict != Verdict.NOT_MATCHED && verdict != Verdict.BEFORE_START;
        Optional<DeliveryRow> row = delivery;
        if (row.isEmpty() && isMeant) {
            row = Optional.of(new DeliveryRow(
                    endpoint.name(),
                    event.id(),
                    event.position(),
                    event.tag(),
                    DeliveryRow.State.PENDING,
                    0,
                    OptionalLong.empty(),
                    Optional.empty()));
        }
        return new Explanation(
                verdict, text, isMatched(), row, attempts, blocking, isMeant && delivery.isEmpty() ? lag() : 0);
    }
}
