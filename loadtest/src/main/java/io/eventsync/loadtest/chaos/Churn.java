package io.eventsync.loadtest.chaos;

import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Target;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.Filter;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscribeResponse;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.grpc.client.GrpcClientRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that come, open some streams, cancel some of them and leave the others with their connection. */
final class Churn extends VerticleBase {

    private static final int STREAMS = 4;
    private static final long STAY_MILLIS = 400;

    private final List<Target> targets;
    private final long everyMillis;
    private final AtomicLong connections = new AtomicLong();
    private boolean isStopped;

    Churn(List<Target> targets, double connectionsPerSecond) {
        this.targets = List.copyOf(targets);
        this.everyMillis = Math.max(1, Math.round(1_000 / connectionsPerSecond));
    }

    @Override
    public Future<?> start() {
        tick();
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        isStopped = true;
        return Future.succeededFuture();
    }

    long connections() {
        return connections.get();
    }

    private void tick() {
        if (!isStopped) {
            int turn = (int) (connections.getAndIncrement() % targets.size());
            visit(Connection.to(vertx, targets.get(turn)));
            vertx.setTimer(everyMillis, id -> tick());
        }
    }

    private void visit(Connection connection) {
        List<GrpcClientRequest<SubscribeRequest, SubscribeResponse>> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            connection
                    .open(EventServiceGrpcClient.Subscribe)
                    .compose(stream -> {
                        streams.add(stream);
                        return stream.end(request());
                    })
                    .onFailure(lost -> {});
        }
        vertx.setTimer(STAY_MILLIS, id -> {
            for (int i = 0; i < streams.size(); i += 2) {
                streams.get(i).cancel();
            }
            connection.close().onFailure(lost -> {});
        });
    }

    private static SubscribeRequest request() {
        return SubscribeRequest.newBuilder()
                .setFilter(Filter.newBuilder().addTagPrefixes(Clients.prefix()))
                .setStart(Start.newBuilder().setAnchor(Anchor.ANCHOR_NOW))
                .build();
    }
}
