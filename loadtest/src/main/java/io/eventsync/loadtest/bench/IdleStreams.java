package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.RpcException;
import io.eventsync.loadtest.rpc.Target;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Filter;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.client.GrpcClientResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Many subscriptions on one connection that mostly wait; one event loop. */
final class IdleStreams extends VerticleBase {

    private static final int OPENING_MAX = 64;

    private final Target target;
    private final int count;
    private final String run;
    private final LongConsumer received;
    private final Map<String, Long> failures = new TreeMap<>();
    private final Promise<Void> settled = Promise.promise();
    private final Buffer request = Buffer.buffer(SubscribeRequest.newBuilder()
            .setFilter(Filter.newBuilder().addTagPrefixes("BENCH"))
            .setStart(Start.newBuilder().setAnchor(Anchor.ANCHOR_NOW))
            .setClientName("loadtest")
            .build()
            .toByteArray());

    private @Nullable Connection connection;
    private int asked;
    private int answered;
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean isStopped;

    /** @param received hears the number of every event that a stream gets, on the event loop of these streams */
    IdleStreams(Target target, int count, String run, LongConsumer received) {
        this.target = target;
        this.count = count;
        this.run = run;
        this.received = received;
    }

    @Override
    public Future<?> start() {
        Connection opened = Connection.to(vertx, target);
        connection = opened;
        for (int i = 0; i < Math.min(OPENING_MAX, count); i++) {
            openNext(opened);
        }
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return connection == null ? Future.succeededFuture() : connection.close();
    }

    /** Ends when each stream stands or was refused, or it was stopped. */
    Future<Void> settled() {
        return settled.future();
    }

    void stopOpening() {
        isStopped = true;
        settled.tryComplete();
    }

    /** How many stand now. */
    int open() {
        return open.get();
    }

    /** Why streams were refused or ended; to be read after the end. */
    Map<String, Long> failures() {
        return failures;
    }

    private void openNext(Connection connection) {
        if (asked == count || isStopped) {
            return;
        }
        asked++;
        Promise<Void> started = Promise.promise();
        connection
                .open(RawMethods.SUBSCRIBE)
                .compose(call -> call.end(request).compose(sent -> call.response()))
                .onComplete(response -> listen(response, started), started::tryFail);
        started.future().onComplete((stands, failure) -> {
            answered++;
            if (failure == null) {
                open.incrementAndGet();
            } else {
                failures.merge(RpcException.of(failure, null).reason(), 1L, Long::sum);
            }
            if (answered == count) {
                settled.tryComplete();
            }
            openNext(connection);
        });
    }

    private void listen(GrpcClientResponse<Buffer, Buffer> response, Promise<Void> started) {
        WireScan scan = new WireScan(run);
        response.handler(frame -> {
            scan.subscribeFrame(frame, received::accept);
            if (scan.isStarted) {
                started.tryComplete();
            }
        });
        response.exceptionHandler(failure -> ended(RpcException.of(failure, response), started));
        response.endHandler(end ->
                ended(RpcException.of(new IllegalStateException("the server ended the stream"), response), started));
    }

    private void ended(RpcException failure, Promise<Void> started) {
        if (!started.tryFail(failure) && !isStopped) {
            open.decrementAndGet();
            failures.merge(failure.reason(), 1L, Long::sum);
        }
    }
}
