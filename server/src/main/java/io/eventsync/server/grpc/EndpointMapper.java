package io.eventsync.server.grpc;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.FieldMaskUtil;
import io.eventsync.server.backoff.Backoff;
import io.eventsync.server.endpoint.Destination;
import io.eventsync.server.endpoint.EmailDestination;
import io.eventsync.server.endpoint.EndpointSettings;
import io.eventsync.server.endpoint.EndpointSettings.ExhaustedPolicy;
import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import io.eventsync.server.endpoint.EndpointState;
import io.eventsync.server.endpoint.RetryPolicy;
import io.eventsync.server.endpoint.WebhookDestination;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.mail.MailTemplate;
import io.eventsync.server.sync.Cursors;
import io.eventsync.server.sync.ExpiredPolicy;
import io.eventsync.v1.Breaker;
import io.eventsync.v1.DisableReason;
import io.eventsync.v1.Email;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.EndpointStatus;
import io.eventsync.v1.ExponentialBackoff;
import io.eventsync.v1.RateLimit;
import io.eventsync.v1.RetrySchedule;
import io.eventsync.v1.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongFunction;

/** Endpoints of the contract to those of the server, and back; the rules of endpoint_service.proto. */
final class EndpointMapper {
    private static final int DESCRIPTION_MAX = 1_024;
    private static final int ADDRESSES_MAX = 10;
    private static final int SUBJECT_MAX = 200;
    private static final int BODY_MAX = 16 << 10;
    private static final int NO_RETRY_MAX = 32;
    private static final Duration DELAY_MAX = Duration.ofHours(24);
    private static final Set<String> NOT_SETTINGS = Set.of("name", "status", "create_time", "update_time", "etag");

    private final int inFlightMax;
    private final Cursors cursors;

    /** @param inFlightMax requests to one endpoint that this server makes at once */
    EndpointMapper(int inFlightMax, Cursors cursors) {
        this.inFlightMax = inFlightMax;
        this.cursors = cursors;
    }

    // ---- in ----

    /** The settings of a whole endpoint, without its secrets. Fails with FIELD_INVALID, naming fields below {@code endpoint}. */
    EndpointSettings toSettings(Endpoint endpoint) {
        try {
            return settings(endpoint);
        } catch (Failure refused) {
            throw refused.within("endpoint");
        }
    }

    private EndpointSettings settings(Endpoint endpoint) {
        requireLength("description", endpoint.getDescription(), DESCRIPTION_MAX);
        Ordering ordering = ordering(endpoint.getOrdering());
        if (endpoint.getMaxInFlight() < 0 || endpoint.getMaxInFlight() > inFlightMax) {
            throw Failure.field("max_in_flight", "must be from 1 to " + inFlightMax + ", or 0 for " + inFlightMax);
        }
        return new EndpointSettings(
                endpoint.getDescription(),
                destination(endpoint),
                FilterMapper.toFilter(endpoint.getFilter(), "filter"),
                ordering,
                exhausted(endpoint.getOnExhausted()),
                retryPolicy(endpoint.getRetryPolicy()),
                endpoint.hasRateLimit() ? Optional.of(rateLimit(endpoint.getRateLimit())) : Optional.empty(),
                ordering == Ordering.ORDERED ? 0 : endpoint.getMaxInFlight(),
                FilterMapper.toPolicy(endpoint.getOnExpired()));
    }

    private static Destination destination(Endpoint endpoint) {
        return switch (endpoint.getDestinationCase()) {
            case WEBHOOK -> WebhookMapper.toDestination(endpoint.getWebhook(), "webhook");
            case EMAIL -> email(endpoint.getEmail());
            case DESTINATION_NOT_SET -> throw Failure.field("destination", "one of webhook and email is required");
        };
    }

    private static EmailDestination email(Email email) {
        if (email.getToCount() < 1 || email.getToCount() > ADDRESSES_MAX) {
            throw Failure.field(
                    "email.to", "has " + email.getToCount() + " entries, 1 to " + ADDRESSES_MAX + " are allowed");
        }
        requireLength("email.subject_template", email.getSubjectTemplate(), SUBJECT_MAX);
        requireBytes("email.body_template", email.getBodyTemplate(), BODY_MAX);
        try {
            MailTemplate unused = MailTemplate.of(email.getSubjectTemplate(), email.getBodyTemplate());
        } catch (Failure refused) {
            throw refused.within("email");
        }
        return new EmailDestination(email.getToList(), email.getSubjectTemplate(), email.getBodyTemplate());
    }

    static void requireLength(String field, String text, int max) {
        if (text.length() > max) {
            throw Failure.field(field, "has " + text.length() + " characters, at most " + max + " are allowed");
        }
        if (text.indexOf('\0') >= 0) {
            throw Failure.field(field, "has a NUL character");
        }
    }

    private static void requireBytes(String field, String text, int max) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > max) {
            throw Failure.field(field, "has " + bytes + " bytes, at most " + max + " are allowed");
        }
        requireLength(field, text, max);
    }

    private static Ordering ordering(io.eventsync.v1.Ordering ordering) {
        return switch (ordering) {
            case ORDERING_UNSPECIFIED, ORDERING_PARALLEL -> Ordering.PARALLEL;
            case ORDERING_ORDERED -> Ordering.ORDERED;
            case ORDERING_ORDERED_BY_KEY -> Ordering.ORDERED_BY_KEY;
            case UNRECOGNIZED -> throw Failure.field("ordering", "is not a known ordering");
        };
    }

    private static ExhaustedPolicy exhausted(io.eventsync.v1.ExhaustedPolicy policy) {
        return switch (policy) {
            case EXHAUSTED_POLICY_UNSPECIFIED, EXHAUSTED_POLICY_PARK_AND_CONTINUE -> ExhaustedPolicy.PARK_AND_CONTINUE;
            case EXHAUSTED_POLICY_BLOCK -> ExhaustedPolicy.BLOCK;
            case UNRECOGNIZED -> throw Failure.field("on_exhausted", "is not a known policy");
        };
    }

    private static RetryPolicy retryPolicy(io.eventsync.v1.RetryPolicy policy) {
        if (policy.getNoRetryStatusesCount() > NO_RETRY_MAX) {
            throw Failure.field(
                    "retry_policy.no_retry_statuses",
                    "has " + policy.getNoRetryStatusesCount() + " entries, at most " + NO_RETRY_MAX + " are allowed");
        }
        for (int status : policy.getNoRetryStatusesList()) {
            if (status < 400 || status > 599) {
                throw Failure.field("retry_policy.no_retry_statuses", "must be from 400 to 599");
            }
        }
        Backoff backoff =
                policy.hasExponential() ? exponential(policy.getExponential()) : schedule(policy.getSchedule());
        return new RetryPolicy(backoff, new HashSet<>(policy.getNoRetryStatusesList()));
    }

    private static Backoff schedule(RetrySchedule schedule) {
        return switch (schedule) {
            case RETRY_SCHEDULE_UNSPECIFIED, RETRY_SCHEDULE_STANDARD -> Backoff.Delays.STANDARD;
            case RETRY_SCHEDULE_FAST -> Backoff.Delays.FAST;
            case RETRY_SCHEDULE_NONE -> Backoff.Delays.NONE;
            case UNRECOGNIZED -> throw Failure.field("retry_policy.schedule", "is not a known schedule");
        };
    }

    private static Backoff exponential(ExponentialBackoff given) {
        String field = "retry_policy.exponential.";
        Duration initial = given.hasInitialDelay()
                ? FilterMapper.toDuration(
                        field + "initial_delay", given.getInitialDelay(), Duration.ofMillis(1), DELAY_MAX)
                : Duration.ofSeconds(1);
        Duration max = given.hasMaxDelay()
                ? FilterMapper.toDuration(field + "max_delay", given.getMaxDelay(), initial, DELAY_MAX)
                : Duration.ofHours(1).compareTo(initial) > 0 ? Duration.ofHours(1) : initial;
        double factor = given.getFactor() == 0 ? 2 : given.getFactor();
        if (!(factor >= 1 && factor <= 10)) {
            throw Failure.field(field + "factor", "must be from 1 to 10, or 0 for 2");
        }
        if (!(given.getJitter() >= 0 && given.getJitter() <= 1)) {
            throw Failure.field(field + "jitter", "must be from 0 to 1");
        }
        int attempts = FilterMapper.toCount(field + "max_attempts", given.getMaxAttempts(), 10, 100);
        return new Backoff.Exponential(initial.toMillis(), factor, max.toMillis(), attempts, given.getJitter());
    }

    private static EndpointSettings.RateLimit rateLimit(RateLimit given) {
        if (!(given.getPerSecond() >= 0.001 && given.getPerSecond() <= 10_000)) {
            throw Failure.field("rate_limit.per_second", "must be from 0.001 to 10000");
        }
        int burst = FilterMapper.toCount(
                "rate_limit.burst", given.getBurst(), (int) Math.max(1, Math.ceil(given.getPerSecond())), 10_000);
        return new EndpointSettings.RateLimit(given.getPerSecond(), burst);
    }

    /** What an update makes of an endpoint. Fails with FIELD_INVALID for a path that is no field. */
    Endpoint merge(Endpoint there, Endpoint given, FieldMask mask) {
        FieldMask.Builder paths = FieldMask.newBuilder();
        for (String path : mask.getPathsCount() == 0 ? nonEmpty(given) : mask.getPathsList()) {
            if (path.equals("*")) {
                allSettings().forEach(paths::addPaths);
            } else if (!FieldMaskUtil.isValid(Endpoint.class, path)) {
                throw Failure.field("update_mask", "has a path that is no field: " + path);
            } else if (!NOT_SETTINGS.contains(path.split("\\.", 2)[0])) {
                paths.addPaths(path);
            }
        }
        Endpoint.Builder merged = there.toBuilder();
        FieldMaskUtil.merge(
                paths.build(),
                given,
                merged,
                new FieldMaskUtil.MergeOptions()
                        .setReplaceMessageFields(true)
                        .setReplaceRepeatedFields(true)
                        .setReplacePrimitiveFields(true));
        if (merged.getDestinationCase() != there.getDestinationCase()) {
            throw Failure.field("endpoint.destination", "cannot become another kind; make a new endpoint");
        }
        return WebhookMapper.keepShown(there, merged).build();
    }

    private static List<String> nonEmpty(Endpoint given) {
        return given.getAllFields().keySet().stream().map(f -> f.getName()).toList();
    }

    private static List<String> allSettings() {
        return Endpoint.getDescriptor().getFields().stream()
                .map(f -> f.getName())
                .filter(name -> !NOT_SETTINGS.contains(name))
                .toList();
    }

    static Optional<EndpointState> toState(io.eventsync.v1.EndpointState state) {
        return switch (state) {
            case ENDPOINT_STATE_UNSPECIFIED -> Optional.empty();
            case ENDPOINT_STATE_ACTIVE -> Optional.of(EndpointState.ACTIVE);
            case ENDPOINT_STATE_PAUSED -> Optional.of(EndpointState.PAUSED);
            case ENDPOINT_STATE_DISABLED -> Optional.of(EndpointState.DISABLED);
            case ENDPOINT_STATE_BLOCKED -> Optional.of(EndpointState.BLOCKED);
            case UNRECOGNIZED -> throw Failure.field("state", "is not a known state");
        };
    }

    // ---- out ----

    /** An endpoint with its status.
     *
     * @param head the newest point of the log
     * @param ageMicros of the first event after a position, 0 if there is none
     */
    Endpoint toProto(io.eventsync.server.endpoint.Endpoint endpoint, LogPoint head, long ageMicros) {
        return settingsToProto(endpoint.settings()).toBuilder()
                .setName(endpoint.name())
                .setStatus(status(endpoint, head, ageMicros))
                .setCreateTime(EventMapper.time(endpoint.createdMicros()))
                .setUpdateTime(EventMapper.time(endpoint.updatedMicros()))
                .setEtag(Long.toString(endpoint.version()))
                .build();
    }

    /** Without secrets. */
    Endpoint settingsToProto(EndpointSettings settings) {
        Endpoint.Builder proto = Endpoint.newBuilder()
                .setDescription(settings.description())
                .setFilter(FilterMapper.toProto(settings.filter()))
                .setOrdering(io.eventsync.v1.Ordering.valueOf(
                        "ORDERING_" + settings.ordering().name()))
                .setOnExhausted(io.eventsync.v1.ExhaustedPolicy.valueOf(
                        "EXHAUSTED_POLICY_" + settings.onExhausted().name()))
                .setRetryPolicy(retryPolicy(settings.retryPolicy()))
                .setMaxInFlight(
                        settings.ordering() == Ordering.ORDERED
                                ? 1
                                : settings.maxInFlight() == 0 ? inFlightMax : settings.maxInFlight())
                .setOnExpired(
                        settings.onExpired() == ExpiredPolicy.ERROR
                                ? io.eventsync.v1.ExpiredPolicy.EXPIRED_POLICY_ERROR
                                : io.eventsync.v1.ExpiredPolicy.EXPIRED_POLICY_SKIP_TO_EARLIEST);
        settings.rateLimit()
                .ifPresent(r -> proto.setRateLimit(
                        RateLimit.newBuilder().setPerSecond(r.perSecond()).setBurst(r.burst())));
        if (settings.destination() instanceof WebhookDestination webhook) {
            proto.setWebhook(WebhookMapper.toProto(webhook));
        } else if (settings.destination() instanceof EmailDestination email) {
            proto.setEmail(Email.newBuilder()
                    .addAllTo(email.to())
                    .setSubjectTemplate(email.subjectTemplate())
                    .setBodyTemplate(email.bodyTemplate()));
        }
        return proto.build();
    }

    private static io.eventsync.v1.RetryPolicy retryPolicy(RetryPolicy policy) {
        io.eventsync.v1.RetryPolicy.Builder proto = io.eventsync.v1.RetryPolicy.newBuilder()
                .addAllNoRetryStatuses(
                        policy.noRetryStatuses().stream().sorted().toList());
        Backoff backoff = policy.backoff();
        if (backoff instanceof Backoff.Exponential e) {
            return proto.setExponential(ExponentialBackoff.newBuilder()
                            .setInitialDelay(FilterMapper.toProto(Duration.ofMillis(e.initialMillis())))
                            .setFactor(e.factor())
                            .setMaxDelay(FilterMapper.toProto(Duration.ofMillis(e.maxMillis())))
                            .setMaxAttempts(e.attemptsMax())
                            .setJitter(e.jitter()))
                    .build();
        }
        return proto.setSchedule(
                        backoff.equals(Backoff.Delays.FAST)
                                ? RetrySchedule.RETRY_SCHEDULE_FAST
                                : backoff.equals(Backoff.Delays.NONE)
                                        ? RetrySchedule.RETRY_SCHEDULE_NONE
                                        : RetrySchedule.RETRY_SCHEDULE_STANDARD)
                .build();
    }

    private EndpointStatus status(io.eventsync.server.endpoint.Endpoint endpoint, LogPoint head, long ageMicros) {
        io.eventsync.server.endpoint.Endpoint.Status status = endpoint.status();
        EndpointStatus.Builder proto = EndpointStatus.newBuilder()
                .setState(io.eventsync.v1.EndpointState.valueOf(
                        "ENDPOINT_STATE_" + status.state().name()))
                .setStateTime(EventMapper.time(status.stateMicros()))
                .setCursor(cursors.encode(status.point()))
                .setPosition(status.point().position())
                .setLagEvents(Math.max(0, head.position() - status.point().position()))
                .setLag(FilterMapper.toProto(Duration.ofNanos(ageMicros * 1_000)))
                .setInFlight(status.inFlight())
                .setRetrying(status.retrying())
                .setDeadLetters(status.deadLetters())
                .setBlockedPosition(status.blockedPosition())
                .setBreaker(breaker(endpoint));
        status.disableReason()
                .ifPresent(r -> proto.setDisableReason(DisableReason.valueOf("DISABLE_REASON_" + r.name())));
        set(status.nextAttemptMicros(), proto::setNextAttemptTime);
        set(status.pausedUntilMicros(), proto::setPausedUntil);
        set(status.lastSuccessMicros(), proto::setLastSuccessTime);
        set(status.lastFailureMicros(), proto::setLastFailureTime);
        status.owner().ifPresent(node -> proto.setOwnerNodeId(node.toString()));
        return proto.build();
    }

    private Breaker breaker(io.eventsync.server.endpoint.Endpoint endpoint) {
        io.eventsync.server.endpoint.Endpoint.Status status = endpoint.status();
        int cap = settingsToProto(endpoint.settings()).getMaxInFlight();
        Breaker.Builder proto = Breaker.newBuilder()
                .setState(Breaker.State.valueOf("STATE_" + status.breaker()))
                .setConsecutiveFailures(status.failuresInRow())
                .setInFlightLimit(status.inFlightLimit() == 0 ? cap : status.inFlightLimit());
        set(status.probeMicros(), proto::setProbeTime);
        return proto.build();
    }

    private static void set(OptionalLong micros, java.util.function.Function<Timestamp, ?> setter) {
        LongFunction<Timestamp> time = EventMapper::time;
        if (micros.isPresent()) {
            Object unused = setter.apply(time.apply(micros.getAsLong()));
        }
    }

    static SigningKey toProto(io.eventsync.server.webhook.SigningKey key) {
        SigningKey.Builder proto = SigningKey.newBuilder()
                .setKeyId(key.keyId())
                .setScheme(WebhookMapper.toProto(key.scheme()))
                .setPublicKey(key.publicKey())
                .setCreateTime(EventMapper.time(key.createdMicros()));
        set(key.expiresMicros(), proto::setExpireTime);
        return proto.build();
    }
}
