package io.eventsync.loadtest.replay;

import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Retry;
import io.eventsync.loadtest.rpc.RpcException;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestStreamRequest;
import io.eventsync.v1.IngestStreamResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A producer session that outlives its streams: what a broken stream left unacknowledged is sent again, in order, on the next.
 * All state belongs to this verticle's context.
 */
final class StreamSender extends VerticleBase implements Sender {

    private static final Logger LOG = LoggerFactory.getLogger(StreamSender.class);

    private final Connection connection;
    private final Duration giveUpAfter;
    private final Deque<Append> unacknowledged = new ArrayDeque<>();
    private final Deque<Append> waiting = new ArrayDeque<>();

    private @Nullable GrpcClientRequest<IngestStreamRequest, IngestStreamResponse> call;
    private int stream;
    private int credits;
    private long sequence;
    private long acknowledged;
    private int failures;
    private long lastProgressNanos;
    private boolean isReconnecting;

    StreamSender(Connection connection, Duration giveUpAfter) {
        this.connection = connection;
        this.giveUpAfter = giveUpAfter;
    }

    @Override
    public Future<?> start() {
        lastProgressNanos = System.nanoTime();
        return Future.succeededFuture();
    }

    @Override
    public Future<Integer> send(List<Event> events) {
        Append append = new Append(events);
        context.runOnContext(ignored -> {
            if (unacknowledged.isEmpty() && waiting.isEmpty()) {
                // Time without anything to send is not time without progress.
                lastProgressNanos = System.nanoTime();
            }
            waiting.add(append);
            advance();
        });
        return append.answer.future();
    }

    private void advance() {
        if (call == null) {
            connect();
            return;
        }
        // A write can fail at once, and the call is gone then.
        while (call != null && !waiting.isEmpty() && unacknowledged.size() < credits) {
            Append append = waiting.remove();
            unacknowledged.add(append);
            write(call, append);
        }
    }

    private void connect() {
        if (isReconnecting) {
            return;
        }
        isReconnecting = true;
        int number = ++stream;
        connection.open(EventServiceGrpcClient.IngestStream).onComplete((opened, failure) -> {
            isReconnecting = false;
            if (failure != null) {
                broken(number, RpcException.of(failure, null));
                return;
            }
            call = opened;
            // The server gives its credits after the first append has opened the stream.
            credits = 1;
            sequence = 0;
            acknowledged = 0;
            opened.exceptionHandler(lost -> broken(number, RpcException.of(lost, null)));
            opened.response()
                    .onComplete(
                            response -> listen(number, response), lost -> broken(number, RpcException.of(lost, null)));
            advance();
        });
    }

    private void listen(int number, GrpcClientResponse<IngestStreamRequest, IngestStreamResponse> response) {
        response.handler(this::receive);
        response.exceptionHandler(lost -> broken(number, RpcException.of(lost, response)));
        response.endHandler(
                end -> broken(number, RpcException.of(new IOException("the server ended the stream"), response)));
    }

    private void receive(IngestStreamResponse message) {
        failures = 0;
        lastProgressNanos = System.nanoTime();
        switch (message.getKindCase()) {
            case OPENED -> credits = message.getOpened().getCredits();
            case ACK -> acknowledge(message.getAck());
            case REJECTED -> {
                acknowledged = message.getRejected().getSequence();
                unacknowledged
                        .remove()
                        .answer
                        .tryFail(RpcException.fromStatus(message.getRejected().getStatus()));
            }
            default -> {
                // Draining: the stream ends soon, and its end is what counts.
            }
        }
        advance();
    }

    /** The answer counts duplicates over all appends it covers, so the first of them is told the number. */
    private void acknowledge(IngestStreamResponse.Ack ack) {
        int duplicates = ack.getDeduplicated();
        while (acknowledged < ack.getThroughSequence()) {
            acknowledged++;
            unacknowledged.remove().answer.tryComplete(duplicates);
            duplicates = 0;
        }
    }

    private void write(GrpcClientRequest<IngestStreamRequest, IngestStreamResponse> open, Append append) {
        sequence++;
        int number = stream;
        open.write(IngestStreamRequest.newBuilder()
                        .setSequence(sequence)
                        .addAllEvents(append.events)
                        .build())
                .onFailure(lost -> broken(number, RpcException.of(lost, null)));
    }

    private void broken(int number, RpcException failure) {
        if (number != stream) {
            return;
        }
        stream++;
        call = null;
        for (Iterator<Append> last = unacknowledged.descendingIterator(); last.hasNext(); ) {
            waiting.addFirst(last.next());
        }
        unacknowledged.clear();
        boolean isLate = System.nanoTime() - lastProgressNanos >= giveUpAfter.toNanos();
        if (!failure.isRetryable() || isLate) {
            waiting.forEach(append -> append.answer.tryFail(failure));
            waiting.clear();
        } else if (!waiting.isEmpty()) {
            long pause = Retry.pauseMillis(failures++);
            LOG.info(
                    "stream=lost reason={} unacknowledged={} retryInMillis={}",
                    failure.reason(),
                    waiting.size(),
                    pause);
            vertx.setTimer(pause, id -> advance());
        }
    }

    private static final class Append {

        private final List<Event> events;
        private final Promise<Integer> answer = Promise.promise();

        Append(List<Event> events) {
            this.events = events;
        }
    }
}
