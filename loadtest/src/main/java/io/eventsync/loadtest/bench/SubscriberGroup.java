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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some subscriptions on one connection and one event loop. */
final class SubscriberGroup extends VerticleBase {

    private final Target target;
    private final List<String> prefixes;
    private final String run;
    private final Deliveries deliveries;
    private final boolean isOpenLoop;
    private final Window[] window;
    private final Tally tally = new Tally();

    private @Nullable Connection connection;

    /** One subscription per prefix. The window is known once all subscriptions stand, hence the holder. */
    SubscriberGroup(
            Target target,
            List<String> prefixes,
            String run,
            Deliveries deliveries,
            boolean isOpenLoop,
            Window[] window) {
        this.target = target;
        this.prefixes = prefixes;
        this.run = run;
        this.deliveries = deliveries;
        this.isOpenLoop = isOpenLoop;
        this.window = window;
    }

    @Override
    public Future<?> start() {
        Connection opened = Connection.to(vertx, target);
        connection = opened;
        List<Future<Void>> started = new ArrayList<>();
        for (String prefix : prefixes) {
            started.add(subscribe(opened, prefix));
        }
        return Future.all(started);
    }

    @Override
    public Future<?> stop() {
        return connection == null ? Future.succeededFuture() : connection.close();
    }

    /** The tally, handed over on the event loop that fills it. */
    Future<Tally> tally() {
        Promise<Tally> copied = Promise.promise();
        context.runOnContext(ignored -> {
            Tally copy = new Tally();
            copy.add(tally);
            copied.complete(copy);
        });
        return copied.future();
    }

    private Future<Void> subscribe(Connection connection, String prefix) {
        Buffer request = Buffer.buffer(SubscribeRequest.newBuilder()
                .setFilter(Filter.newBuilder().addTagPrefixes(prefix))
                .setStart(Start.newBuilder().setAnchor(Anchor.ANCHOR_NOW))
                .setMaxBatch(1_000)
                .setClientName("loadtest")
                .build()
                .toByteArray());
        Promise<Void> started = Promise.promise();
        connection
                .open(RawMethods.SUBSCRIBE)
                .compose(call -> call.end(request).compose(sent -> call.response()))
                .onComplete(response -> listen(response, started), started::tryFail);
        return started.future();
    }

    private void listen(GrpcClientResponse<Buffer, Buffer> response, Promise<Void> started) {
        WireScan scan = new WireScan(run);
        response.handler(frame -> {
            scan.subscribeFrame(frame, this::delivered);
            if (scan.isStarted) {
                started.tryComplete();
            }
        });
        response.exceptionHandler(failure -> ended(RpcException.of(failure, response), started));
        response.endHandler(end ->
                ended(RpcException.of(new IllegalStateException("the server ended the stream"), response), started));
    }

    private void delivered(long number) {
        long now = System.nanoTime();
        deliveries.delivered(1);
        Window measured = window[0];
        long due = deliveries.dueNanos(number);
        // At a rate the events that were due in the window count, however late they come.
        if (measured.holds(isOpenLoop ? due : now)) {
            tally.succeeded(1, now - due);
        }
    }

    private void ended(RpcException failure, Promise<Void> started) {
        started.tryFail(failure);
        if (!window[0].isOver(System.nanoTime())) {
            tally.failed(failure.reason());
        }
    }
}
