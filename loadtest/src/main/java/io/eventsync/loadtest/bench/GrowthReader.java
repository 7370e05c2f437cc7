package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Target;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.Filter;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import java.util.List;

/** The reads that a long log could slow, each timed from its call; one connection and one event loop. */
final class GrowthReader extends VerticleBase {

    private static final int PAGE_EVENTS = 1_000;
    private static final long ASK_MILLIS_MAX = 2_000;

    private final Target target;
    private volatile boolean isStopped;

    /** Made where it is used: a connection belongs to the event loop of its first call. */
    private final Promise<Connection> connection = Promise.promise();

    /** @param events how many came, at most a page of 1,000 */
    record Read(int events, long nanos) {}

    /** From the call to the first frame, and to the first event. */
    record Opened(long startedNanos, long firstEventNanos) {}

    GrowthReader(Target target) {
        this.target = target;
    }

    @Override
    public Future<?> start() {
        connection.complete(Connection.to(vertx, target));
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return connection.future().compose(Connection::close);
    }

    /** Ends reads of many pages after the one under way. */
    void stopNow() {
        isStopped = true;
    }

    /** The head of the log, which is how many events it has seen. */
    Future<Long> head() {
        Promise<Long> head = Promise.promise();
        SyncRequest request =
                SyncRequest.newBuilder().setStart(anchor(Anchor.ANCHOR_NOW)).build();
        context.runOnContext(ignored -> connection
                .future()
                .compose(open -> open.unary(EventServiceGrpcClient.Sync, request, ASK_MILLIS_MAX))
                .map(SyncResponse::getHeadPosition)
                .onComplete(head));
        return head.future();
    }

    /** One page from this position on, whatever its tags. */
    Future<Read> pageAfter(long position) {
        return read(List.of(), Start.newBuilder().setAfterPosition(position).build());
    }

    /** From the beginning to a full page of events with this prefix, or to the head: one call or, of rare tags, several. */
    Future<Read> pageOf(String prefix) {
        return read(List.of(prefix), anchor(Anchor.ANCHOR_BEGINNING));
    }

    private Future<Read> read(List<String> prefixes, Start start) {
        Promise<Read> done = Promise.promise();
        Filter filter = Filter.newBuilder().addAllTagPrefixes(prefixes).build();
        context.runOnContext(ignored -> {
            long asked = System.nanoTime();
            goOn(new WireScan(""), filter, start, 0)
                    .map(events -> new Read(events, System.nanoTime() - asked))
                    .onComplete(done);
        });
        return done.future();
    }

    private Future<Integer> goOn(WireScan scan, Filter filter, Start start, int before) {
        Buffer request = Buffer.buffer(SyncRequest.newBuilder()
                .setFilter(filter)
                .setStart(start)
                .setMaxEvents(PAGE_EVENTS - before)
                .build()
                .toByteArray());
        return connection
                .future()
                .compose(open -> open.unary(RawMethods.SYNC, request))
                .compose(page -> {
                    scan.syncPage(page);
                    int events = before + scan.events;
                    boolean isDone = events >= PAGE_EVENTS || scan.isUpToDate || filter.getTagPrefixesCount() == 0;
                    return isDone || isStopped
                            ? Future.succeededFuture(events)
                            : goOn(
                                    scan,
                                    filter,
                                    Start.newBuilder().setCursor(scan.cursor).build(),
                                    events);
                });
    }

    private static Start anchor(Anchor anchor) {
        return Start.newBuilder().setAnchor(anchor).build();
    }

    /** A stream of everything after this position, which has to have an event after it; cancelled when that is here. */
    Future<Opened> subscribeAfter(long position) {
        Promise<Opened> first = Promise.promise();
        Buffer request = Buffer.buffer(SubscribeRequest.newBuilder()
                .setStart(Start.newBuilder().setAfterPosition(position))
                .setClientName("loadtest")
                .build()
                .toByteArray());
        context.runOnContext(ignored -> {
            long asked = System.nanoTime();
            connection
                    .future()
                    .compose(open -> open.open(RawMethods.SUBSCRIBE))
                    .compose(call -> call.end(request)
                            .compose(sent -> call.response())
                            .map(response -> {
                                listen(call, response, asked, first);
                                return call;
                            }))
                    .onFailure(first::tryFail);
        });
        return first.future();
    }

    private static void listen(
            GrpcClientRequest<Buffer, Buffer> call,
            GrpcClientResponse<Buffer, Buffer> response,
            long asked,
            Promise<Opened> first) {
        WireScan scan = new WireScan("");
        long[] started = new long[1];
        response.handler(frame -> {
            long now = System.nanoTime();
            scan.subscribeFrame(frame, number -> {});
            if (started[0] == 0 && scan.isStarted) {
                started[0] = now - asked;
            }
            if (scan.events > 0 && first.tryComplete(new Opened(started[0], now - asked))) {
                call.cancel();
            }
        });
        response.exceptionHandler(first::tryFail);
        response.endHandler(end -> first.tryFail("the server ended the stream before its first event"));
    }
}
