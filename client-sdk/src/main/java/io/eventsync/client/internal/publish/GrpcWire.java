package io.eventsync.client.internal.publish;

import io.eventsync.client.internal.Failures;
import io.eventsync.client.internal.Transport;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestBatchResponse;
import io.eventsync.v1.IngestStreamRequest;
import io.eventsync.v1.IngestStreamResponse;
import io.vertx.core.Future;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import java.io.IOException;
import java.util.List;

/** {@link Wire} over the client's connections. */
public final class GrpcWire implements Wire {
    private final Transport transport;

    public GrpcWire(Transport transport) {
        this.transport = transport;
    }

    @Override
    public Future<Stream> open(Listener listener) {
        return transport.open(EventServiceGrpcClient.IngestStream).map(call -> {
            call.exceptionHandler(lost -> listener.ended(Failures.of(lost, null)));
            call.response()
                    .onComplete(
                            response -> listen(response, listener), lost -> listener.ended(Failures.of(lost, null)));
            return new Session(call, listener);
        });
    }

    @Override
    public Future<IngestBatchResponse> ask(List<Event> events) {
        return transport.unary(
                EventServiceGrpcClient.IngestBatch,
                IngestBatchRequest.newBuilder().addAllEvents(events).build());
    }

    private static void listen(
            GrpcClientResponse<IngestStreamRequest, IngestStreamResponse> response, Listener listener) {
        response.handler(listener::message);
        response.exceptionHandler(lost -> listener.ended(Failures.of(lost, response)));
        response.endHandler(
                end -> listener.ended(Failures.of(new IOException("the server ended the stream"), response)));
    }

    private record Session(GrpcClientRequest<IngestStreamRequest, IngestStreamResponse> call, Listener listener)
            implements Stream {
        @Override
        public void send(IngestStreamRequest append) {
            call.write(append).onFailure(lost -> listener.ended(Failures.of(lost, null)));
        }

        @Override
        public void end() {
            // A call that is over already has been reported.
            call.end().onFailure(lost -> listener.ended(Failures.of(lost, null)));
        }

        @Override
        public void cancel() {
            call.cancel();
        }
    }
}
