package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.backoff.Backoff;
import io.eventsync.server.endpoint.EndpointSettings;
import io.eventsync.server.endpoint.EndpointSettings.ExhaustedPolicy;
import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import io.eventsync.server.endpoint.EndpointSettings.RateLimit;
import io.eventsync.server.endpoint.EndpointState;
import io.eventsync.server.endpoint.RetryPolicy;
import io.eventsync.server.endpoint.WebhookDestination;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.TestEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Endpoints in random histories against the promises W1, W3 and W6 and the words of endpoint_service.proto: kills, receivers that fail in
 * every way, pauses, moves, records that fail. After a while all faults end; then everything has to come to rest by itself.
 */
class EndpointRunModelTest {
    private static final int HISTORIES = 2_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void endpoint_keepsItsPromises_whateverHappens(long suite) {
        Random seeds = new Random(suite);
        for (int i = 0; i < HISTORIES; i++) {
            long seed = seeds.nextLong();
            try {
                new History(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("history with seed " + seed + "L: " + e.getMessage(), e);
            }
        }
    }

    private static final class History {
        private static final int STEPS_TO_REST_MAX = 20_000;
        private static final long REST_MILLIS_MAX = 5L * 24 * 3_600_000;

        private final Random random;
        private final List<LogEvent> log = new ArrayList<>();
        private final ModelDatabase database;
        private final ModelChecks checks;
        private final ModelNode node;
        private final int badness;
        private long now = 1_000_000;
        private boolean isCalm;

        History(long seed) {
            random = new Random(seed);
            int keys = 1 + random.nextInt(4);
            for (int i = 10 + random.nextInt(40); i > 0; i--) {
                int key = random.nextInt(keys + 1);
                log.add(TestEvents.event(
                        log.size() + 1L, random.nextInt(4) == 0 ? "B" : "A", key == 0 ? "" : "k" + key));
            }
            badness = random.nextInt(101);
            EndpointSettings settings = settings();
            int limit = 1 + random.nextInt(8);
            int waitingMax = random.nextBoolean() ? 1 + random.nextInt(5) : 1_000;
            int cap = settings.ordering() == Ordering.ORDERED
                    ? 1
                    : settings.maxInFlight() == 0 ? limit : Math.min(limit, settings.maxInFlight());
            database = new ModelDatabase(settings);
            checks = new ModelChecks(database, log, cap, waitingMax);
            node = new ModelNode(random, database, log, checks, this::call, limit, waitingMax);
        }

        private EndpointSettings settings() {
            Optional<WebhookDestination.Batch> batch = random.nextInt(3) > 0
                    ? Optional.empty()
                    : Optional.of(new WebhookDestination.Batch(
                            1 + random.nextInt(5),
                            random.nextBoolean() ? 1 << 20 : 100,
                            Duration.ofMillis(random.nextInt(2_000))));
            return TestRun.settings(
                    List.of(Ordering.values()).get(random.nextInt(3)),
                    List.of(ExhaustedPolicy.values()).get(random.nextInt(2)),
                    new RetryPolicy(backoff(), random.nextBoolean() ? Set.of(422) : Set.of()),
                    batch,
                    random.nextInt(3) > 0
                            ? Optional.empty()
                            : Optional.of(new RateLimit(
                                    List.of(0.1, 1.0, 3.0, 50.0).get(random.nextInt(4)), 1 + random.nextInt(4))),
                    random.nextBoolean() ? 0 : 1 + random.nextInt(8));
        }

        private Backoff backoff() {
            return switch (random.nextInt(5)) {
                case 0 -> new Backoff.Delays(List.of(5_000L, 30_000L, 120_000L, 86_400_000L), 0.2);
                case 1 -> new Backoff.Delays(List.of(2_000L, 4_000L, 8_000L, 16_000L, 32_000L), 0);
                case 2 -> new Backoff.Delays(List.of(), 0);
                case 3 -> new Backoff.Exponential(100, 2, 10_000, 30, 0);
                default -> new Backoff.Exponential(1, 1.5, 3_600_000, 100, 1);
            };
        }

        void run() {
            node.look(now);
            for (int i = 60 + random.nextInt(140); i > 0; i--) {
                step();
            }
            comeToRest();
        }

        private void step() {
            int chance = random.nextInt(100);
            if (chance < 25) {
                node.read(now);
            } else if (chance < 50) {
                node.stepRecord(true, now);
            } else if (chance < 58) {
                node.fetch(random.nextInt(6) == 0, now);
            } else if (chance < 64) {
                node.stepSync(now);
            } else if (chance < 82) {
                advance(random.nextInt(4) == 0 ? random.nextInt(100_000) : random.nextInt(3_000));
            } else if (chance < 90) {
                node.look(now);
            } else if (chance < 92) {
                node.kill(now);
            } else {
                operate();
            }
        }

        private void operate() {
            switch (random.nextInt(8)) {
                case 0 -> database.pause();
                case 1, 2 -> {
                    if (database.state != EndpointState.ACTIVE || random.nextInt(3) == 0) {
                        database.resume(now);
                    }
                }
                case 3 -> {
                    int position = random.nextInt(log.size() + 1);
                    database.seek(position == 0 ? LogPoint.BEGINNING : LogPoint.after(log.get(position - 1)));
                    checks.moved();
                }
                default -> again();
            }
        }

        private void again() {
            List<LogEvent> candidates =
                    log.stream().filter(TestRun.FILTER::matches).toList();
            LogEvent event = candidates.isEmpty() ? null : candidates.get(random.nextInt(candidates.size()));
            if (database.state == EndpointState.BLOCKED && random.nextBoolean()) {
                event = log.get((int) database.blockedPosition - 1);
            }
            if (event != null && (random.nextInt(3) == 0 ? database.replay(event, now) : database.again(event, now))) {
                checks.asked(event.position());
            }
        }

        private void advance(long millis) {
            long until = now + millis;
            while (node.nextMillis() <= until) {
                now = Math.max(now, node.nextMillis());
                node.tick(now);
            }
            now = until;
        }

        /** All faults end. */
        private void comeToRest() {
            isCalm = true;
            long until = now + REST_MILLIS_MAX;
            if (database.state != EndpointState.ACTIVE) {
                database.resume(now);
            }
            for (int steps = 0; ; steps++) {
                assertThat(steps).as("steps until it is at rest").isLessThan(STEPS_TO_REST_MAX);
                assertThat(now).as("time until it is at rest").isLessThan(until);
                if (database.state != EndpointState.ACTIVE) {
                    database.resume(now);
                }
                settleDown();
                if (isAtRest()) {
                    break;
                }
                long next = node.nextMillis();
                assertThat(next < Long.MAX_VALUE || database.state != EndpointState.ACTIVE)
                        .as("it goes on by itself " + database.low + " of " + log.size() + " rows "
                                + database.rows.keySet() + " " + database.settings.ordering())
                        .isTrue();
                if (next < Long.MAX_VALUE) {
                    now = Math.max(now, next);
                    node.tick(now);
                }
            }
            checks.atRest();
        }

        private void settleDown() {
            for (int i = 0; i < 4; i++) {
                node.look(now);
                while (node.wantsToFetch()) {
                    node.fetch(false, now);
                }
                node.stepSync(now);
                while (node.hasRun() && node.wantsToRecord()) {
                    node.stepRecord(false, now);
                }
                while (node.isReading()) {
                    node.read(now);
                }
                node.recordIdle();
            }
        }

        private boolean isAtRest() {
            return node.isIdle()
                    && database.state == EndpointState.ACTIVE
                    && node.hasRun()
                    && database.rows.isEmpty()
                    && database.low.position() == log.size();
        }

        // ---- the receiver ----

        private ModelNode.Call call(Attempt attempt, long at) {
            long latency = isCalm ? 100 : random.nextInt(3) == 0 ? random.nextInt(15_001) : random.nextInt(300);
            boolean isGood = isCalm || random.nextInt(100) >= badness;
            AttemptResult result = isGood ? AttemptResult.success(200, latency * 1_000) : bad(attempt);
            return new ModelNode.Call(attempt.id(), attempt, result, at + latency);
        }

        private AttemptResult bad(Attempt attempt) {
            return switch (random.nextInt(16)) {
                case 0, 1 ->
                    failure(AttemptError.THROTTLED, 429)
                            .withRetryAfter(random.nextInt(20) == 0 ? 200_000_000 : random.nextInt(60) * 1_000L);
                case 2 -> random.nextInt(4) == 0 ? failure(AttemptError.GONE, 410) : failure(AttemptError.STATUS, 404);
                case 3 -> failure(AttemptError.STATUS, 422);
                case 4 -> failure(AttemptError.STATUS, 400).asFinal();
                case 5 -> failure(AttemptError.INTERNAL, 0);
                case 6 -> failure(AttemptError.INTERNAL, 0).asFinal();
                case 7, 8, 9 -> failure(AttemptError.TIMEOUT, 0);
                case 10, 11, 12 -> attempt.isBatch() ? partial(attempt) : failure(AttemptError.CONNECT, 0);
                default -> failure(AttemptError.STATUS, 500);
            };
        }

        private static AttemptResult failure(AttemptError error, int status) {
            return AttemptResult.failure(error, "bad", status, 1_000);
        }

        private AttemptResult partial(Attempt attempt) {
            Set<Long> missing = attempt.deliveries().stream()
                    .map(Delivery::position)
                    .filter(p -> random.nextBoolean())
                    .collect(Collectors.toSet());
            return missing.isEmpty()
                    ? AttemptResult.success(200, 1)
                    : new AttemptResult(
                            Optional.of(AttemptError.PARTIAL),
                            "",
                            200,
                            1,
                            "",
                            Map.of(),
                            new byte[0],
                            0,
                            false,
                            missing);
        }
    }
}
