package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.backoff.Backoff;
import io.eventsync.server.delivery.Explanation.Verdict;
import io.eventsync.server.endpoint.DisableReason;
import io.eventsync.server.endpoint.Endpoint;
import io.eventsync.server.endpoint.EndpointSettings.ExhaustedPolicy;
import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import io.eventsync.server.endpoint.EndpointSettings.RateLimit;
import io.eventsync.server.endpoint.EndpointState;
import io.eventsync.server.endpoint.RetryPolicy;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.TestEvents;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplainerTest {
    private static final long NOW = 1_000_000_000L;
    private static final long POSITION = 50;

    private String tag = "A";
    private Ordering ordering = Ordering.PARALLEL;
    private Optional<RateLimit> rate = Optional.empty();
    private EndpointState state = EndpointState.ACTIVE;
    private long point = 20;
    private long blocked;
    private int retrying;
    private long pausedUntil;
    private String breaker = "CLOSED";
    private long probe;
    private boolean isOwned = true;
    private long firstWaiting;
    private DeliveryRow.@Nullable State row;

    private Explanation explain() {
        return explain(POSITION);
    }

    private Explanation explain(long position) {
        Endpoint endpoint = new Endpoint(
                1,
                "e",
                TestRun.settings(
                        ordering,
                        ExhaustedPolicy.BLOCK,
                        new RetryPolicy(new Backoff.Delays(List.of(), 0), Set.of()),
                        Optional.empty(),
                        rate,
                        0),
                1,
                0,
                0,
                new Endpoint.Status(
                        state,
                        state == EndpointState.DISABLED ? Optional.of(DisableReason.GONE) : Optional.empty(),
                        0,
                        new LogPoint(point, 0),
                        10,
                        blocked,
                        0,
                        retrying,
                        0,
                        OptionalLong.empty(),
                        pausedUntil == 0 ? OptionalLong.empty() : OptionalLong.of(pausedUntil),
                        breaker,
                        0,
                        probe == 0 ? OptionalLong.empty() : OptionalLong.of(probe),
                        0,
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        isOwned ? Optional.of(new UUID(0, 1)) : Optional.empty()));
        Optional<DeliveryRow> delivery = row == null
                ? Optional.empty()
                : Optional.of(new DeliveryRow(
                        "e", "id", POSITION, tag, row, 2, OptionalLong.of(NOW + 12_000_000), Optional.empty()));
        return new Explainer(
                        endpoint,
                        TestEvents.event(position, tag),
                        delivery,
                        List.of(),
                        new Explainer.Facts(NOW, firstWaiting, 100, 90))
                .explain();
    }

    @ParameterizedTest
    @CsvSource({
        "DELIVERED,DELIVERED",
        "DEAD,DEAD_LETTER",
        "CANCELED,CANCELED",
        "IN_FLIGHT,IN_FLIGHT",
        "RETRYING,RETRYING",
        "PENDING,RETRYING"
    })
    void delivery_hasTheVerdictOfItsState(DeliveryRow.State given, Verdict verdict) {
        row = given;

        Explanation explanation = explain();

        assertThat(explanation.verdict()).isEqualTo(verdict);
        assertThat(explanation.delivery()).isPresent();
        assertThat(explanation.lagEvents()).isZero();
    }

    @Test
    void delivered_comesBeforeAnything_elseThatHolds() {
        row = DeliveryRow.State.DELIVERED;
        state = EndpointState.PAUSED;
        tag = "B";

        assertThat(explain().verdict()).isEqualTo(Verdict.DELIVERED);
        assertThat(explain().isMatched()).isFalse();
    }

    @Test
    void waiting_saysWhichAttempt_andWhen() {
        row = DeliveryRow.State.RETRYING;

        assertThat(explain().text()).isEqualTo("waits for attempt 3, due in 12.0 s");
    }

    @Test
    void event_isNotMatched_byTheFilter() {
        tag = "B";

        Explanation explanation = explain();

        assertThat(explanation.verdict()).isEqualTo(Verdict.NOT_MATCHED);
        assertThat(explanation.delivery()).isEmpty();
    }

    @Test
    void event_isBeforeTheStart() {
        point = 90;

        assertThat(explain(10).verdict()).isEqualTo(Verdict.BEFORE_START);
        assertThat(explain(11).verdict()).isEqualTo(Verdict.NOT_MATCHED);
    }

    @ParameterizedTest
    @CsvSource({"PAUSED,ENDPOINT_PAUSED", "DISABLED,ENDPOINT_DISABLED", "BLOCKED,ENDPOINT_BLOCKED"})
    void endpoint_doesNotSend(EndpointState given, Verdict verdict) {
        state = given;
        blocked = given == EndpointState.BLOCKED ? 30 : 0;
        isOwned = false;

        assertThat(explain().verdict()).isEqualTo(verdict);
        assertThat(explain().blockingPosition()).isEqualTo(blocked);
        row = DeliveryRow.State.RETRYING;
        assertThat(explain().verdict()).isEqualTo(verdict);
    }

    @Test
    void verdicts_followTheOrderOfTheContract() {
        ordering = Ordering.ORDERED;
        firstWaiting = 30;
        breaker = "OPEN";
        probe = NOW + 5_000_000;
        pausedUntil = NOW + 150_000_000;
        isOwned = false;
        rate = Optional.of(new RateLimit(1, 1));

        assertThat(explain().verdict()).isEqualTo(Verdict.NO_OWNER);
        isOwned = true;
        assertThat(explain().verdict()).isEqualTo(Verdict.RETRY_AFTER);
        assertThat(explain().text()).endsWith("2 min");
        pausedUntil = NOW;
        assertThat(explain().verdict()).isEqualTo(Verdict.BREAKER_OPEN);
        assertThat(explain().text()).endsWith("5.0 s");
        breaker = "CLOSED";
        assertThat(explain().verdict()).isEqualTo(Verdict.BEHIND_EARLIER);
        assertThat(explain().blockingPosition()).isEqualTo(30);
        ordering = Ordering.PARALLEL;
        assertThat(explain().verdict()).isEqualTo(Verdict.RATE_LIMITED);
        rate = Optional.empty();
        retrying = 100;
        assertThat(explain().verdict()).isEqualTo(Verdict.WINDOW_FULL);
        retrying = 99;
        assertThat(explain().verdict()).isEqualTo(Verdict.NOT_REACHED);
        assertThat(explain().lagEvents()).isEqualTo(29);
    }
}
