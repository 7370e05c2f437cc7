package io.eventsync.server.grpc;

import com.google.protobuf.Timestamp;
import io.eventsync.server.auth.Action;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.subscription.SubscriptionInfo;
import io.eventsync.server.subscription.Subscriptions;
import io.eventsync.server.sync.Cursors;
import io.eventsync.v1.GetLogInfoRequest;
import io.eventsync.v1.GetLogInfoResponse;
import io.eventsync.v1.GetServerInfoRequest;
import io.eventsync.v1.GetServerInfoResponse;
import io.eventsync.v1.ListSubscriptionsRequest;
import io.eventsync.v1.ListSubscriptionsResponse;
import io.eventsync.v1.TerminateSubscriptionRequest;
import io.eventsync.v1.TerminateSubscriptionResponse;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;

/** AdminService, as far as it is there. */
final class AdminRpcs {
    private static final String SERVICE = "eventsync.v1.AdminService/";

    private final EventLog log;
    private final Cursors cursors;
    private final Subscriptions subscriptions;
    private final NodeInfo node;

    AdminRpcs(Services services) {
        this.log = services.log();
        this.cursors = services.cursors();
        this.subscriptions = services.subscriptions();
        this.node = services.node();
    }

    void bind(Rpc rpc) {
        rpc.unary(SERVICE + "GetServerInfo", GetServerInfoRequest.parser(), (request, call) -> serverInfo());
        rpc.unary(SERVICE + "GetLogInfo", GetLogInfoRequest.parser(), (request, call) -> logInfo());
        rpc.unary(SERVICE + "ListSubscriptions", ListSubscriptionsRequest.parser(), (request, call) -> list(call));
        rpc.unary(
                SERVICE + "TerminateSubscription",
                TerminateSubscriptionRequest.parser(),
                (request, call) -> terminate(request.getSubscriptionId(), call));
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
                .setUptime(FilterMapper.toProto(Duration.between(node.startTime(), now)))
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
}
