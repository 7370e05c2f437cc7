package io.eventsync.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import io.eventsync.server.delivery.AttemptOutcome;
import io.eventsync.server.delivery.AttemptRow;
import io.eventsync.server.delivery.DeadLetterGroup;
import io.eventsync.server.delivery.DeadLetterQuery;
import io.eventsync.server.delivery.DeadLetterReason;
import io.eventsync.server.delivery.DeadLetterRow;
import io.eventsync.server.delivery.Deliveries.AttemptQuery;
import io.eventsync.server.delivery.DeliveryRow;
import io.eventsync.server.delivery.Explanation;
import io.eventsync.server.delivery.Replay;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.tag.TagPrefix;
import io.eventsync.v1.Attempt;
import io.eventsync.v1.AttemptError;
import io.eventsync.v1.AttemptFilter;
import io.eventsync.v1.DeadLetter;
import io.eventsync.v1.DeadLetterFilter;
import io.eventsync.v1.Delivery;
import io.eventsync.v1.DeliveryState;
import io.eventsync.v1.DeliveryVerdict;
import io.eventsync.v1.Event;
import io.eventsync.v1.ExplainDeliveryResponse;
import io.eventsync.v1.ReplayState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Attempts, deliveries, dead letters and replays of the contract from those of the server; and what is asked about them. */
final class DeliveryMapper {
    private static final int PREFIXES_MAX = 100;
    private static final int EVENT_IDS_MAX = 1_000;
    private static final int STATES_MAX = 10;
    private static final int STATUSES_MAX = 32;

    private DeliveryMapper() {}

    // ---- in ----

    static AttemptQuery toQuery(AttemptFilter filter) {
        requireAtMost("filter.outcomes", filter.getOutcomesCount(), STATES_MAX);
        List<AttemptOutcome> outcomes = new ArrayList<>();
        for (io.eventsync.v1.AttemptOutcome outcome : filter.getOutcomesList()) {
            outcomes.add(
                    switch (outcome) {
                        case ATTEMPT_OUTCOME_STARTED -> AttemptOutcome.STARTED;
                        case ATTEMPT_OUTCOME_SUCCEEDED -> AttemptOutcome.SUCCEEDED;
                        case ATTEMPT_OUTCOME_FAILED -> AttemptOutcome.FAILED;
                        case ATTEMPT_OUTCOME_UNKNOWN -> AttemptOutcome.UNKNOWN;
                        case ATTEMPT_OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
                            throw Failure.field("filter.outcomes", "has an entry that is no known outcome");
                    });
        }
        return new AttemptQuery(
                filter.getEndpoint(),
                filter.getEventId(),
                prefixes(filter.getTagPrefixesList()),
                outcomes,
                filter.hasStartTime() ? instant("filter.start_time", filter.getStartTime()) : null,
                filter.hasEndTime() ? instant("filter.end_time", filter.getEndTime()) : null);
    }

    private static List<String> prefixes(List<String> given) {
        requireAtMost("filter.tag_prefixes", given.size(), PREFIXES_MAX);
        List<String> prefixes = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            prefixes.add(TagPrefix.parse("filter.tag_prefixes[" + i + "]", given.get(i))
                    .text());
        }
        return prefixes;
    }

    private static void requireAtMost(String field, int count, int max) {
        if (count > max) {
            throw Failure.field(field, "has " + count + " entries, at most " + max + " are allowed");
        }
    }

    static Instant instant(String field, Timestamp time) {
        try {
            EventMapper.checkTime(time);
        } catch (Failure refused) {
            throw Failure.field(field, "must lie in the years 1 to 9999 with nanos from 0 to 999999999");
        }
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    static DeadLetterQuery toQuery(DeadLetterFilter filter) {
        requireAtMost("filter.event_ids", filter.getEventIdsCount(), EVENT_IDS_MAX);
        requireAtMost("filter.reasons", filter.getReasonsCount(), STATES_MAX);
        requireAtMost("filter.last_status_codes", filter.getLastStatusCodesCount(), STATUSES_MAX);
        List<DeadLetterReason> reasons = new ArrayList<>();
        for (io.eventsync.v1.DeadLetterReason reason : filter.getReasonsList()) {
            reasons.add(
                    switch (reason) {
                        case DEAD_LETTER_REASON_EXHAUSTED -> DeadLetterReason.EXHAUSTED;
                        case DEAD_LETTER_REASON_REFUSED -> DeadLetterReason.REFUSED;
                        case DEAD_LETTER_REASON_NOT_RENDERABLE -> DeadLetterReason.NOT_RENDERABLE;
                        case DEAD_LETTER_REASON_UNSPECIFIED, UNRECOGNIZED ->
                            throw Failure.field("filter.reasons", "has an entry that is no known reason");
                    });
        }
        for (String text : List.of(filter.getEndpoint(), String.join("", filter.getEventIdsList()))) {
            if (text.indexOf('\0') >= 0) {
                throw Failure.field("filter", "has a NUL character");
            }
        }
        return new DeadLetterQuery(
                filter.getEndpoint(),
                prefixes(filter.getTagPrefixesList()),
                filter.getEventIdsList(),
                reasons,
                filter.getLastStatusCodesList(),
                filter.hasStartTime() ? instant("filter.start_time", filter.getStartTime()) : null,
                filter.hasEndTime() ? instant("filter.end_time", filter.getEndTime()) : null,
                errors(filter));
    }

    private static List<Optional<io.eventsync.server.delivery.AttemptError>> errors(DeadLetterFilter filter) {
        requireAtMost("filter.last_errors", filter.getLastErrorsCount(), STATUSES_MAX);
        List<Optional<io.eventsync.server.delivery.AttemptError>> errors = new ArrayList<>();
        for (AttemptError error : filter.getLastErrorsList()) {
            switch (error) {
                case ATTEMPT_ERROR_UNSPECIFIED -> errors.add(Optional.empty());
                case UNRECOGNIZED -> throw Failure.field("filter.last_errors", "has an entry that is no known error");
                default ->
                    errors.add(Optional.of(io.eventsync.server.delivery.AttemptError.valueOf(
                            error.name().substring("ATTEMPT_ERROR_".length()))));
            }
        }
        return errors;
    }

    static Optional<Replay.State> toState(ReplayState state) {
        return switch (state) {
            case REPLAY_STATE_UNSPECIFIED -> Optional.empty();
            case REPLAY_STATE_RUNNING -> Optional.of(Replay.State.RUNNING);
            case REPLAY_STATE_DONE -> Optional.of(Replay.State.DONE);
            case REPLAY_STATE_CANCELED -> Optional.of(Replay.State.CANCELED);
            case REPLAY_STATE_FAILED -> Optional.of(Replay.State.FAILED);
            case UNRECOGNIZED -> throw Failure.field("state", "is not a known state");
        };
    }

    // ---- out ----

    static Attempt toProto(AttemptRow row) {
        Attempt.Builder proto = Attempt.newBuilder()
                .setAttemptId(row.id().toString())
                .setEndpoint(row.endpoint())
                .setEventId(row.eventId())
                .setPosition(row.position())
                .setTag(row.tag())
                .addAllBatchPositions(row.batch())
                .setNumber(row.number())
                .setOutcome(io.eventsync.v1.AttemptOutcome.valueOf(
                        "ATTEMPT_OUTCOME_" + row.outcome().name()))
                .setError(error(row.error()))
                .setErrorMessage(row.message())
                .setStatusCode(row.status())
                .setStartTime(EventMapper.time(row.atMicros()))
                .setTarget(row.target())
                .setRemoteAddress(row.remote())
                .putAllResponseHeaders(row.headers())
                .setResponseExcerpt(ByteString.copyFrom(row.excerpt()))
                .addAllUnacknowledgedPositions(row.unacknowledged())
                .setReplayId(row.replayId())
                .setTest(row.isTest())
                .setNodeId(row.nodeId().toString());
        if (row.latencyMicros().isPresent()) {
            proto.setLatency(
                    FilterMapper.toProto(Duration.ofNanos(row.latencyMicros().getAsLong() * 1_000)));
        }
        return proto.build();
    }

    private static AttemptError error(Optional<io.eventsync.server.delivery.AttemptError> error) {
        return error.map(e -> AttemptError.valueOf("ATTEMPT_ERROR_" + e.name()))
                .orElse(AttemptError.ATTEMPT_ERROR_UNSPECIFIED);
    }

    static Delivery toProto(DeliveryRow row) {
        Delivery.Builder proto = Delivery.newBuilder()
                .setEndpoint(row.endpoint())
                .setEventId(row.eventId())
                .setPosition(row.position())
                .setTag(row.tag())
                .setState(DeliveryState.valueOf("DELIVERY_STATE_" + row.state().name()))
                .setAttempts(row.attempts());
        row.nextAttemptMicros().ifPresent(t -> proto.setNextAttemptTime(EventMapper.time(t)));
        row.last().ifPresent(a -> proto.setLastAttempt(toProto(a)));
        return proto.build();
    }

    /** @param keptMicros how long dead letters are kept */
    static DeadLetter toProto(DeadLetterRow row, long keptMicros) {
        DeadLetter.Builder proto = DeadLetter.newBuilder()
                .setEndpoint(row.endpoint())
                .setEventId(row.eventId())
                .setPosition(row.position())
                .setTag(row.tag())
                .setReason(io.eventsync.v1.DeadLetterReason.valueOf(
                        "DEAD_LETTER_REASON_" + row.reason().name()))
                .setAttempts(row.attempts())
                .setLastError(error(row.error()))
                .setLastStatusCode(row.status())
                .setLastResponseExcerpt(ByteString.copyFrom(row.excerpt()))
                .setCreateTime(EventMapper.time(row.atMicros()))
                .setExpireTime(EventMapper.time(row.atMicros() + keptMicros));
        if (row.firstMicros() > 0) {
            proto.setFirstAttemptTime(EventMapper.time(row.firstMicros()));
        }
        row.event().ifPresent(event -> proto.setEvent(event(event.wire())));
        return proto.build();
    }

    static io.eventsync.v1.DeadLetterGroup toProto(DeadLetterGroup group) {
        return io.eventsync.v1.DeadLetterGroup.newBuilder()
                .setEndpoint(group.endpoint())
                .setReason(io.eventsync.v1.DeadLetterReason.valueOf(
                        "DEAD_LETTER_REASON_" + group.reason().name()))
                .setLastError(error(group.error()))
                .setLastStatusCode(group.status())
                .setEvents(group.events())
                .setFirstTime(EventMapper.time(group.firstMicros()))
                .setLastTime(EventMapper.time(group.lastMicros()))
                .build();
    }

    private static Event event(byte[] wire) {
        try {
            return Event.parseFrom(wire);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a stored event does not parse", e);
        }
    }

    static io.eventsync.v1.Replay toProto(Replay replay) {
        io.eventsync.v1.Replay.Builder proto = io.eventsync.v1.Replay.newBuilder()
                .setReplayId(replay.id())
                .setFilter(filter(replay))
                .setPerSecond(replay.perSecond())
                .setState(ReplayState.valueOf("REPLAY_STATE_" + replay.state().name()))
                .setTotalEvents(replay.total())
                .setDeliveredEvents(replay.delivered())
                .setFailedEvents(replay.failed())
                .setDroppedEvents(replay.state() == Replay.State.CANCELED ? 0 : replay.dropped())
                .setCreateTime(EventMapper.time(replay.createdMicros()))
                .setUpdateTime(EventMapper.time(replay.updatedMicros()));
        replay.endedMicros().ifPresent(t -> proto.setEndTime(EventMapper.time(t)));
        return proto.build();
    }

    private static DeadLetterFilter filter(Replay replay) {
        try {
            return DeadLetterFilter.parseFrom(replay.filter());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the stored filter of replay " + replay.id() + " does not parse", e);
        }
    }

    static ExplainDeliveryResponse toProto(Explanation explanation) {
        ExplainDeliveryResponse.Builder proto = ExplainDeliveryResponse.newBuilder()
                .setVerdict(DeliveryVerdict.valueOf(
                        "DELIVERY_VERDICT_" + explanation.verdict().name()))
                .setExplanation(explanation.text())
                .setMatched(explanation.isMatched())
                .setBlockingPosition(explanation.blockingPosition())
                .setLagEvents(explanation.lagEvents());
        explanation.delivery().ifPresent(d -> proto.setDelivery(toProto(d)));
        explanation.attempts().forEach(a -> proto.addAttempts(toProto(a)));
        return proto.build();
    }
}
