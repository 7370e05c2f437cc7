package io.eventsync.server.grpc;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.eventsync.server.auth.Action;
import io.eventsync.server.config.ShownSetting;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.logging.LogLevels;
import io.eventsync.server.logging.LoggingConfig.Level;
import io.eventsync.server.metrics.Activity;
import io.eventsync.server.subscription.SubscriptionInfo;
import io.eventsync.server.subscription.Subscriptions;
import io.eventsync.server.sync.Cursors;
import io.eventsync.v1.ActivityPoint;
import io.eventsync.v1.ConfigEntry;
import io.eventsync.v1.GetActivityRequest;
import io.eventsync.v1.GetActivityResponse;
import io.eventsync.v1.GetConfigRequest;
import io.eventsync.v1.GetConfigResponse;
import io.eventsync.v1.GetLogInfoRequest;
import io.eventsync.v1.GetLogInfoResponse;
import io.eventsync.v1.GetServerInfoRequest;
import io.eventsync.v1.GetServerInfoResponse;
import io.eventsync.v1.ListSubscriptionsRequest;
import io.eventsync.v1.ListSubscriptionsResponse;
import io.eventsync.v1.LogLevel;
import io.eventsync.v1.SetLogLevelRequest;
import io.eventsync.v1.SetLogLevelResponse;
import io.eventsync.v1.TerminateSubscriptionRequest;
import io.eventsync.v1.TerminateSubscriptionResponse;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** AdminService, as far as it is there. */
final class AdminRpcs {
    private static final Logger LOG = LoggerFactory.getLogger(AdminRpcs.class);
    private static final String SERVICE = "eventsync.v1.AdminService/";
    private static final java.time.Duration WINDOW = java.time.Duration.ofMinutes(15);
    private static final java.time.Duration WINDOW_MIN = java.time.Duration.ofSeconds(10);
    private static final java.time.Duration WINDOW_MAX = java.time.Duration.ofHours(24);
    private static final int POINTS = 120;
    private static final int POINTS_MAX = 1_000;

    private final EventLog log;
    private final Cursors cursors;
    private final Subscriptions subscriptions;
    private final NodeInfo node;
    private final Activity activity;
    private final List<ShownSetting> settings;

    AdminRpcs(Services services) {
        this.log = services.log();
        this.cursors = services.cursors();
        this.subscriptions = services.subscriptions();
        this.node = services.node();
        this.activity = services.activity();
        this.settings = services.settings();
    }

    void bind(Rpc rpc) {
        rpc.unary(SERVICE + "GetServerInfo", GetServerInfoRequest.parser(), (request, call) -> serverInfo());
        rpc.unary(SERVICE + "GetLogInfo", GetLogInfoRequest.parser(), (request, call) -> logInfo());
        rpc.unary(SERVICE + "GetActivity", GetActivityRequest.parser(), this::activity);
        rpc.unary(SERVICE + "GetConfig", GetConfigRequest.parser(), (request, call) -> config(call));
        rpc.unary(SERVICE + "ListSubscriptions", ListSubscriptionsRequest.parser(), (request, call) -> list(call));
        rpc.unary(
                SERVICE + "TerminateSubscription",
                TerminateSubscriptionRequest.parser(),
                (request, call) -> terminate(request.getSubscriptionId(), call));
        rpc.unary(SERVICE + "SetLogLevel", SetLogLevelRequest.parser(), this::setLogLevel);
    }

    private Future<Buffer> serverInfo() {
        Instant now = node.clock().instant();
        return Rpc.encoded(GetServerInfoResponse.newBuilder()
                .setVersion(node.version())
                .addFeatures("log")
                .addFeatures("consumers")
                .addFeatures("webhooks")
                .addFeatures("tokens")
                .setLogId(log.id().toString())
                .setNodeId(node.nodeId())
                .setTime(Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
                .setUptime(FilterMapper.toProto(java.time.Duration.between(node.startTime(), now)))
                .setPostgresVersion(node.postgresVersion())
                .setEmbeddedPostgres(node.isPostgresEmbedded())
                .build());
    }

    private Future<Buffer> logInfo() {
        return log.info().compose(info -> {
            GetLogInfoResponse.Builder response = GetLogInfoResponse.newBuilder()
                    .setLogId(log.id().toString())
                    .setEarliestPosition(info.earliest())
                    .setHeadPosition(info.head().position())
                    .setEarliestCursor(cursors.encode(log.beginning()))
                    .setHeadCursor(cursors.encode(info.head()))
                    .setIndexedPosition(info.indexed())
                    .setBytes(info.bytes())
                    .setTags(info.tags());
            info.earliestMicros().ifPresent(t -> response.setEarliestTime(EventMapper.time(t)));
            info.headMicros().ifPresent(t -> response.setHeadTime(EventMapper.time(t)));
            return Rpc.encoded(response.build());
        });
    }

    private Future<Buffer> activity(GetActivityRequest request, Call call) {
        call.principal().grants().requireAll(Action.READ);
        java.time.Duration window = request.hasWindow()
                ? FilterMapper.toDuration("window", request.getWindow(), WINDOW_MIN, WINDOW_MAX)
                : WINDOW;
        Activity.Points found =
                activity.since(window, FilterMapper.toCount("max_points", request.getMaxPoints(), POINTS, POINTS_MAX));
        GetActivityResponse.Builder response =
                GetActivityResponse.newBuilder().setNodeId(node.nodeId()).setStep(FilterMapper.toProto(found.step()));
        found.points().forEach(point -> response.addPoints(toProto(point)));
        return Rpc.encoded(response.build());
    }

    private static ActivityPoint toProto(Activity.Point point) {
        ActivityPoint.Builder proto = ActivityPoint.newBuilder()
                .setTime(EventMapper.time(point.end().toEpochMilli() * 1_000))
                .setEventsPerSecond(point.events())
                .setDeliveredPerSecond(point.delivered())
                .setAttemptsSucceededPerSecond(point.succeeded())
                .setAttemptsFailedPerSecond(point.failed())
                .setSubscriptions(point.subscriptions())
                .setWaitingDeliveries(point.waiting())
                .setDeadLetters(point.deadLetters())
                .setDatabaseBytes(point.databaseBytes());
        if (!Double.isNaN(point.appendMillis())) {
            proto.setAppendLatency(millis(point.appendMillis()));
        }
        if (!Double.isNaN(point.attemptMillis())) {
            proto.setAttemptLatency(millis(point.attemptMillis()));
        }
        return proto.build();
    }

    private static Duration millis(double millis) {
        return FilterMapper.toProto(java.time.Duration.ofNanos(Math.round(millis * 1_000_000)));
    }

    private Future<Buffer> config(Call call) {
        call.principal().grants().requireAll(Action.ADMIN);
        GetConfigResponse.Builder response = GetConfigResponse.newBuilder();
        settings.forEach(setting -> response.addEntries(ConfigEntry.newBuilder()
                .setKey(setting.key())
                .setValue(setting.value())
                .setOrigin(setting.origin())
                .setDescription(setting.description())));
        return Rpc.encoded(response.build());
    }

    private Future<Buffer> list(Call call) {
        call.principal().grants().requireAll(Action.ADMIN);
        ListSubscriptionsResponse.Builder response = ListSubscriptionsResponse.newBuilder();
        subscriptions.list().forEach(s -> response.addSubscriptions(toProto(s)));
        return Rpc.encoded(response.build());
    }

    private io.eventsync.v1.SubscriptionInfo toProto(SubscriptionInfo info) {
        return io.eventsync.v1.SubscriptionInfo.newBuilder()
                .setSubscriptionId(info.id())
                .setClientName(info.clientName())
                .setPeer(info.peer())
                .setFilter(FilterMapper.toProto(info.filter()))
                .setPosition(info.position())
                .setLagEvents(Math.max(0, log.head().position() - info.position()))
                .setStalled(info.isStalled())
                .setStartTime(EventMapper.time(info.startMillis() * 1_000))
                .setSentEvents(info.sentEvents())
                .build();
    }

    private Future<Buffer> terminate(String id, Call call) {
        call.principal().grants().requireAll(Action.ADMIN);
        return subscriptions.terminate(id)
                ? Rpc.encoded(TerminateSubscriptionResponse.getDefaultInstance())
                : Future.failedFuture(Failure.notFound("eventsync.v1/Subscription", id));
    }

    private Future<Buffer> setLogLevel(SetLogLevelRequest request, Call call) {
        call.principal().grants().requireAll(Action.ADMIN);
        Level level = switch (request.getLevel()) {
            case LOG_LEVEL_ERROR -> Level.ERROR;
            case LOG_LEVEL_WARN -> Level.WARN;
            case LOG_LEVEL_INFO -> Level.INFO;
            case LOG_LEVEL_DEBUG -> Level.DEBUG;
            case LOG_LEVEL_TRACE -> Level.TRACE;
            case LOG_LEVEL_UNSPECIFIED, UNRECOGNIZED -> null;
        };
        boolean isInherited =
                request.getLevelValue() == 0 && !request.getLogger().isEmpty();
        if (level == null && !isInherited) {
            throw Failure.field("level", "is required, one of LOG_LEVEL_ERROR to LOG_LEVEL_TRACE");
        }
        LogLevels.Change change = LogLevels.set(request.getLogger(), level)
                .orElseThrow(() -> Failure.field("logger", "is not the name of a class that logs, or of its package"));
        LOG.warn(
                "log level changed logger={} before={} now={} principal={}",
                request.getLogger().isEmpty() ? "all" : request.getLogger(),
                change.before(),
                change.now(),
                call.principal().name());
        return Rpc.encoded(SetLogLevelResponse.newBuilder()
                .setLevel(LogLevel.valueOf("LOG_LEVEL_" + change.now()))
                .setPreviousLevel(LogLevel.valueOf("LOG_LEVEL_" + change.before()))
                .build());
    }
}
