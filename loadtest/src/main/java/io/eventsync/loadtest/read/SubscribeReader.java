package io.eventsync.loadtest.read;

import com.google.protobuf.Duration;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.RpcException;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.Filter;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscribeResponse;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads by Subscribe, and resumes from the sink's cursor whenever a stream ends. */
public final class SubscribeReader extends VerticleBase {

    private static final int HEARTBEAT_SECONDS = 5;
    private static final long SILENCE_NANOS_MAX = TimeUnit.SECONDS.toNanos(3 * HEARTBEAT_SECONDS);
    private static final long WATCH_MILLIS = 1_000;

    private final Connection connection;
    private final Filter filter;
    private final FrameSink sink;
    private final ReadGoal goal;

    private @Nullable Reading reading;
    private @Nullable GrpcClientRequest<SubscribeRequest, SubscribeResponse> call;
    private int stream;
    private boolean isTrying;
    private long triedNanos;

    public SubscribeReader(Connection connection, Filter filter, FrameSink sink, ReadGoal goal) {
        this.connection = connection;
        this.filter = filter;
        this.sink = sink;
        this.goal = goal;
    }

    @Override
    public Future<?> start() {
        reading = new Reading(vertx, sink, goal, this::connect);
        reading().begin();
        watch();
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        reading().finish();
        return connection.close();
    }

    /** Ends when the goal is reached, or fails when reading cannot go on. */
    public Future<Void> finished() {
        return reading().finished();
    }

    public int reconnects() {
        return reading().reconnects();
    }

    public void finish() {
        context.runOnContext(ignored -> {
            reading().finish();
            cancel();
        });
    }

    /** Drops the stream, as a fault would, and resumes. */
    public void interrupt() {
        int number = stream;
        context.runOnContext(
                ignored -> broken(number, new RpcException(GrpcStatus.UNAVAILABLE, "INTERRUPTED", "on purpose", null)));
    }

    private Reading reading() {
        if (reading == null) {
            throw new IllegalStateException("not started");
        }
        return reading;
    }

    private void connect() {
        int number = ++stream;
        isTrying = true;
        triedNanos = System.nanoTime();
        connection
                .open(EventServiceGrpcClient.Subscribe)
                .compose(opened -> {
                    call = opened;
                    opened.exceptionHandler(failure -> broken(number, RpcException.of(failure, null)));
                    return opened.end(request()).compose(sent -> opened.response());
                })
                .onComplete(
                        response -> listen(number, response),
                        failure -> broken(number, RpcException.of(failure, null)));
    }

    private SubscribeRequest request() {
        String cursor = sink.cursor();
        Start.Builder start = cursor.isEmpty()
                ? Start.newBuilder().setAnchor(Anchor.ANCHOR_BEGINNING)
                : Start.newBuilder().setCursor(cursor);
        return SubscribeRequest.newBuilder()
                .setFilter(filter)
                .setStart(start)
                .setHeartbeatInterval(Duration.newBuilder().setSeconds(HEARTBEAT_SECONDS))
                .setClientName("loadtest")
                .build();
    }

    private void listen(int number, GrpcClientResponse<SubscribeRequest, SubscribeResponse> response) {
        response.handler(frame -> {
            if (number == stream && !reading().isOver()) {
                receive(frame);
            }
        });
        response.exceptionHandler(failure -> broken(number, RpcException.of(failure, response)));
        response.endHandler(end -> broken(number, ending(response)));
    }

    /** A stream that ends well has reached its greatest age; that is a reason to go on with a new one. */
    private static RpcException ending(GrpcClientResponse<?, ?> response) {
        return RpcException.of(new IllegalStateException("the server ended the stream"), response);
    }

    private void receive(SubscribeResponse frame) {
        switch (frame.getKindCase()) {
            case STARTED -> reading().opened(frame.getStarted().getStartPosition());
            case BATCH -> reading().events(frame.getBatch().getEventsList(), frame.getCursor());
            case PROGRESS -> reading().progress(frame.getProgress().getPosition(), frame.getCursor());
            default -> {
                // Draining: the end of the stream follows, with a status that says more.
            }
        }
        if (reading().isOver()) {
            cancel();
        }
    }

    private void broken(int number, RpcException failure) {
        if (number != stream) {
            return;
        }
        cancel();
        reading().lost(failure);
    }

    /** Whatever still comes from the stream is not listened to any more. */
    private void cancel() {
        stream++;
        isTrying = false;
        GrpcClientRequest<SubscribeRequest, SubscribeResponse> open = call;
        call = null;
        if (open != null) {
            open.cancel();
        }
    }

    /** A server that hangs keeps its connections open, and a network that drops bytes says nothing; only silence tells. */
    private void watch() {
        vertx.setTimer(WATCH_MILLIS, id -> {
            if (reading().isOver()) {
                return;
            }
            long waited = Math.min(reading().silentNanos(), System.nanoTime() - triedNanos);
            if (isTrying && waited > SILENCE_NANOS_MAX) {
                broken(stream, new RpcException(GrpcStatus.UNAVAILABLE, "SILENT", "no heartbeat", null));
                connection.renew();
            }
            watch();
        });
    }
}
