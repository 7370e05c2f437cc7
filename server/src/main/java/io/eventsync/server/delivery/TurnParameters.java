package io.eventsync.server.delivery;

import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A turn as the arguments of {@code eventsync.record_turn}: arrays for what is frequent, JSON for the rest. Times are relative to now. */
final class TurnParameters {
    private static final int DEAD_EXCERPT_BYTES = 1_024;

    private final long now;

    /** @param nowMillis by the steady clock */
    TurnParameters(long nowMillis) {
        this.now = nowMillis;
    }

    /** @param atMicros when it is recorded, by the database's clock */
    Tuple of(UUID node, Turn turn, long atMicros) {
        List<Turn.Change> settled = turn.changes(Turn.Change.Kind.SETTLED);
        List<@Nullable Object> arguments = new ArrayList<>();
        arguments.add(node);
        arguments.add(runs(turn));
        arguments.addAll(ends(turn.ends()));
        arguments.add(settled.stream().map(c -> c.run().handle().id()).toArray(Long[]::new));
        arguments.add(settled.stream().map(c -> c.delivery().position()).toArray(Long[]::new));
        arguments.add(aside(turn.changes(Turn.Change.Kind.ASIDE)));
        arguments.add(dead(turn.changes(Turn.Change.Kind.DEAD)));
        arguments.add(events(turn.events()));
        arguments.addAll(starts(turn.starts()));
        arguments.add(atMicros);
        return Tuple.tuple(arguments);
    }

    private JsonArray runs(Turn turn) {
        JsonArray array = new JsonArray();
        turn.runs().forEach(run -> array.add(run(run.handle(), run.snapshot())));
        return array;
    }

    private JsonObject run(EndpointHandle handle, RunSnapshot run) {
        LogPoint previous = run.previous();
        ReceiverHealth health = run.health();
        Breaker breaker = health.breaker();
        FailingSince failing = health.failing();
        return new JsonObject()
                .put("endpoint_id", handle.id())
                .put("epoch", handle.epoch())
                .put("generation", handle.generation())
                .put("revision", handle.revision())
                .put("state", run.state().name())
                .put(
                        "disable_reason",
                        run.disableReason() == null ? null : run.disableReason().name())
                .put("blocked_pos", run.blockedPosition() == 0 ? null : run.blockedPosition())
                .put("pos", run.low().position())
                .put("fingerprint", run.low().fingerprint())
                .put("prev_pos", previous == null ? null : previous.position())
                .put("prev_fingerprint", previous == null ? null : previous.fingerprint())
                .put("ahead", numbers(run.ahead()))
                .put("open", open(run))
                .put("breaker", breaker.state().name())
                .put("failures_in_row", breaker.failuresInRow())
                .put("probe_wait_millis", breaker.probeWaitMillis())
                .put("probe_in", breaker.state() == Breaker.State.OPEN ? breaker.probeAtMillis() - now : null)
                .put("in_flight_limit", breaker.limit(Long.MAX_VALUE))
                .put("paused_for", health.pausedUntilMillis() > now ? health.pausedUntilMillis() - now : null)
                .put("success_ago", ago(health.lastSuccessMillis()))
                .put("failure_ago", ago(health.lastFailureMillis()))
                .put("failing_for", failing.isFailing() ? now - failing.sinceMillis() : null)
                .put("failed_attempts", failing.attempts())
                .put("failed_pos", failing.position())
                .put("failed_events", failing.events())
                .put("failing_warned", failing.warned());
    }

    private @Nullable Long ago(long millis) {
        return millis == Long.MIN_VALUE ? null : now - millis;
    }

    private static JsonArray open(RunSnapshot run) {
        JsonArray open = new JsonArray();
        for (Attempt attempt : run.inFlight()) {
            if (attempt.atMicros() > 0) {
                open.add(new JsonObject()
                        .put("id", attempt.id().toString())
                        .put("at", attempt.atMicros())
                        .put("pos", positions(attempt))
                        .put("number", attempt.number()));
            }
        }
        run.numbersBefore()
                .forEach((position, number) -> open.add(new JsonObject()
                        .put("pos", new JsonArray().add(position))
                        .put("number", number)));
        return open;
    }

    private static JsonArray positions(Attempt attempt) {
        JsonArray array = new JsonArray();
        attempt.deliveries().forEach(d -> array.add(d.position()));
        return array;
    }

    private static JsonArray numbers(long[] values) {
        JsonArray array = new JsonArray();
        for (long value : values) {
            array.add(value);
        }
        return array;
    }

    private static List<@Nullable Object> ends(List<Turn.End> ends) {
        int n = ends.size();
        UUID[] ids = new UUID[n];
        Long[] ats = new Long[n];
        Long[] endpoints = new Long[n];
        String[] outcomes = new String[n];
        @Nullable String[] errors = new @Nullable String[n];
        @Nullable String[] messages = new @Nullable String[n];
        @Nullable Integer[] statuses = new @Nullable Integer[n];
        Long[] latencies = new Long[n];
        @Nullable String[] remotes = new @Nullable String[n];
        @Nullable String[] headers = new @Nullable String[n];
        @Nullable Buffer[] excerpts = new @Nullable Buffer[n];
        @Nullable String[] unacknowledged = new @Nullable String[n];
        for (int i = 0; i < n; i++) {
            Turn.End end = ends.get(i);
            AttemptResult result = end.result();
            ids[i] = end.attempt().id();
            ats[i] = end.attempt().atMicros();
            endpoints[i] = end.run().handle().id();
            outcomes[i] = result.outcome().name();
            errors[i] = result.error().map(Enum::name).orElse(null);
            messages[i] = emptyToNull(printable(result.message()));
            statuses[i] = result.status() == 0 ? null : result.status();
            latencies[i] = result.latencyMicros();
            remotes[i] = emptyToNull(result.remote());
            headers[i] = result.headers().isEmpty() ? null : headersJson(result.headers());
            excerpts[i] = result.excerpt().length == 0 ? null : Buffer.buffer(result.excerpt());
            unacknowledged[i] = result.unacknowledged().isEmpty()
                    ? null
                    : result.unacknowledged().stream()
                            .sorted()
                            .map(String::valueOf)
                            .collect(Collectors.joining(",", "{", "}"));
        }
        return Arrays.asList(
                ids,
                ats,
                endpoints,
                outcomes,
                errors,
                messages,
                statuses,
                latencies,
                remotes,
                headers,
                excerpts,
                unacknowledged);
    }

    private static String headersJson(Map<String, String> headers) {
        JsonObject json = new JsonObject();
        headers.forEach((name, value) -> json.put(name, printable(value)));
        return json.encode();
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** A receiver's words may hold what Postgres does not take, or what a terminal obeys. */
    private static String printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i)) || Character.isSurrogate(text.charAt(i))) {
                return text.codePoints()
                        .map(c -> Character.isISOControl(c) || (c >= 0xD800 && c <= 0xDFFF) ? '?' : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }

    private JsonArray aside(List<Turn.Change> changes) {
        JsonArray array = new JsonArray();
        for (Turn.Change change : changes) {
            Delivery delivery = change.delivery();
            JsonObject json = delivery(change)
                    .put("state", delivery.state().name())
                    .put(
                            "due_in",
                            delivery.state() == Delivery.State.RETRYING
                                    ? Math.max(0, delivery.dueMillis() - now)
                                    : null)
                    .put("asked", delivery.isAsked());
            LogPoint previous = delivery.previous();
            if (previous != null) {
                json.put("prev_pos", previous.position()).put("prev_fingerprint", previous.fingerprint());
            }
            array.add(json);
        }
        return array;
    }

    private static JsonArray dead(List<Turn.Change> changes) {
        JsonArray array = new JsonArray();
        for (Turn.Change change : changes) {
            array.add(delivery(change).put("reason", String.valueOf(change.reason())));
        }
        return array;
    }

    private static JsonObject delivery(Turn.Change change) {
        Delivery delivery = change.delivery();
        LogEvent event = delivery.hasRow() ? null : delivery.event();
        JsonObject json = new JsonObject()
                .put("endpoint_id", change.run().handle().id())
                .put("pos", delivery.position())
                .put("event_id", delivery.eventId())
                .put("tag", delivery.tag())
                .put("key", delivery.key())
                .put("event", event == null ? "" : Base64.getEncoder().encodeToString(event.wire()))
                .put("attempts", delivery.attempts())
                .put("number", delivery.number())
                .put("first_micros", delivery.firstMicros() == 0 ? null : delivery.firstMicros());
        AttemptResult cause = change.cause();
        if (cause != null) {
            json.put("error", cause.error().map(Enum::name).orElse(null))
                    .put("status", cause.status() == 0 ? null : cause.status())
                    .put("excerpt", excerpt(cause.excerpt()));
        }
        return json;
    }

    private static @Nullable String excerpt(byte[] bytes) {
        return bytes.length == 0
                ? null
                : Base64.getEncoder()
                        .encodeToString(java.util.Arrays.copyOf(bytes, Math.min(bytes.length, DEAD_EXCERPT_BYTES)));
    }

    private static JsonArray events(List<Turn.Announced> events) {
        JsonArray array = new JsonArray();
        for (Turn.Announced announced : events) {
            SystemEvent event = announced.event();
            array.add(new JsonObject()
                    .put("endpoint_id", announced.run().handle().id())
                    .put("id", event.id())
                    .put("tag", event.tag())
                    .put("key", event.key())
                    .put("message", printable(event.message()))
                    .put("json", event.json()));
        }
        return array;
    }

    private static List<@Nullable Object> starts(List<Turn.Start> starts) {
        int n = starts.size();
        UUID[] ids = new UUID[n];
        Long[] endpoints = new Long[n];
        Long[] positions = new Long[n];
        String[] eventIds = new String[n];
        String[] tags = new String[n];
        @Nullable String[] batches = new @Nullable String[n];
        Integer[] numbers = new Integer[n];
        String[] targets = new String[n];
        @Nullable String[] replays = new @Nullable String[n];
        for (int i = 0; i < n; i++) {
            Turn.Start start = starts.get(i);
            Attempt attempt = start.attempt();
            ids[i] = attempt.id();
            endpoints[i] = start.run().handle().id();
            positions[i] = attempt.first().position();
            eventIds[i] = attempt.first().eventId();
            tags[i] = attempt.first().tag();
            batches[i] = attempt.isBatch()
                    ? attempt.deliveries().stream()
                            .map(d -> String.valueOf(d.position()))
                            .collect(Collectors.joining(",", "{", "}"))
                    : null;
            numbers[i] = attempt.number();
            targets[i] = start.run().settings().destination().target();
            replays[i] = attempt.first().replayId();
        }
        return Arrays.asList(ids, endpoints, positions, eventIds, tags, batches, numbers, targets, replays);
    }
}
