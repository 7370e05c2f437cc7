package io.eventsync.loadtest.bench;

import com.google.protobuf.CodedOutputStream;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.RpcException;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestStreamRequest;
import io.eventsync.v1.IngestStreamResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One IngestStream; each unit is one append, and waits here while the server's credits are used up. */
final class StreamLane implements Lane {

    private static final int EVENTS_FIELD = 2;

    private final Connection connection;
    private final EventTemplate template;
    private final LongSupplier numbers;
    private final int batchEvents;

    private final Promise<Void> opened = Promise.promise();
    private final Deque<Promise<Integer>> unacknowledged = new ArrayDeque<>();
    private final Deque<Promise<Integer>> waiting = new ArrayDeque<>();
    private @Nullable GrpcClientRequest<IngestStreamRequest, IngestStreamResponse> call;
    private @Nullable RpcException broken;
    private long sent;
    private long acknowledged;
    private int credits;

    StreamLane(Connection connection, EventTemplate template, LongSupplier numbers, int batchEvents) {
        this.connection = connection;
        this.template = template;
        this.numbers = numbers;
        this.batchEvents = batchEvents;
    }

    @Override
    public Future<Void> open() {
        return connection.open(EventServiceGrpcClient.IngestStream).compose(opening -> {
            call = opening;
            opening.exceptionHandler(failure -> fail(RpcException.of(failure, null)));
            opening.response().onComplete(this::listen, failure -> fail(RpcException.of(failure, null)));
            // Vert.x sends the head of a call with its first message, so the server's Opened comes after one append; a
            // server
            // gives at least one credit.
            credits = 1;
            return send().compose(done -> opened.future());
        });
    }

    @Override
    public Future<Integer> send() {
        if (broken != null) {
            return Future.failedFuture(broken);
        }
        Promise<Integer> unit = Promise.promise();
        if (sent - acknowledged < credits) {
            write(unit);
        } else {
            waiting.add(unit);
        }
        return unit.future();
    }

    @Override
    public Future<Void> close() {
        return connection.close();
    }

    private void listen(GrpcClientResponse<IngestStreamRequest, IngestStreamResponse> response) {
        response.handler(this::receive);
        response.exceptionHandler(failure -> fail(RpcException.of(failure, response)));
        response.endHandler(end -> fail(RpcException.of(new IOException("the server ended the stream"), response)));
    }

    private void receive(IngestStreamResponse message) {
        switch (message.getKindCase()) {
            case OPENED -> {
                credits = message.getOpened().getCredits();
                opened.tryComplete();
            }
            case ACK -> {
                while (acknowledged < message.getAck().getThroughSequence()) {
                    acknowledged++;
                    unacknowledged.remove().complete(batchEvents);
                }
            }
            case REJECTED -> {
                acknowledged++;
                unacknowledged
                        .remove()
                        .fail(RpcException.fromStatus(message.getRejected().getStatus()));
            }
            default -> {}
        }
        while (!waiting.isEmpty() && sent - acknowledged < credits) {
            write(waiting.remove());
        }
    }

    private void write(Promise<Integer> unit) {
        GrpcClientRequest<IngestStreamRequest, IngestStreamResponse> open = call;
        if (open == null) {
            unit.fail("send before open");
            return;
        }
        sent++;
        unacknowledged.add(unit);
        byte[] append = template.message(EVENTS_FIELD, numbers.getAsLong() * batchEvents, batchEvents, sequence(sent));
        open.writeMessage(Connection.identity(Buffer.buffer(append)))
                .onFailure(failure -> fail(RpcException.of(failure, null)));
    }

    private static byte[] sequence(long number) {
        byte[] field = new byte[CodedOutputStream.computeInt64Size(1, number)];
        try {
            CodedOutputStream.newInstance(field).writeInt64(1, number);
        } catch (IOException e) {
            throw new IllegalStateException("the array has the size that was computed", e);
        }
        return field;
    }

    private void fail(RpcException failure) {
        if (broken != null) {
            return;
        }
        broken = failure.status() == GrpcStatus.OK
                ? new RpcException(GrpcStatus.UNAVAILABLE, "CONNECTION_LOST", "the stream ended", failure)
                : failure;
        opened.tryFail(broken);
        unacknowledged.forEach(unit -> unit.tryFail(broken));
        waiting.forEach(unit -> unit.tryFail(broken));
        unacknowledged.clear();
        waiting.clear();
    }
}
