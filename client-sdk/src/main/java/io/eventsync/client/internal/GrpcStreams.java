package io.eventsync.client.internal;

import io.eventsync.client.EventSyncException;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscribeResponse;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import org.jspecify.annotations.Nullable;

/** Streams of a server. Frames that nobody asked for stay in HTTP/2's windows. */
public final class GrpcStreams implements StreamSource {
    private final Transport transport;

    public GrpcStreams(Transport transport) {
        this.transport = transport;
    }

    @Override
    public Stream open(SubscribeRequest request, Listener listener) {
        GrpcStream stream = new GrpcStream(listener);
        stream.open(request);
        return stream;
    }

    private final class GrpcStream implements Stream {
        private final Listener listener;
        private @Nullable GrpcClientRequest<SubscribeRequest, SubscribeResponse> call;
        private @Nullable GrpcClientResponse<SubscribeRequest, SubscribeResponse> response;
        private long wanted;
        private boolean isOver;

        GrpcStream(Listener listener) {
            this.listener = listener;
        }

        void open(SubscribeRequest request) {
            transport
                    .open(EventServiceGrpcClient.Subscribe)
                    .compose(opened -> {
                        call = opened;
                        if (isOver) {
                            opened.cancel();
                        }
                        opened.exceptionHandler(this::end);
                        return opened.end(request).compose(sent -> opened.response());
                    })
                    .onComplete(this::listen, this::end);
        }

        private void listen(GrpcClientResponse<SubscribeRequest, SubscribeResponse> opened) {
            opened.pause();
            response = opened;
            opened.handler(frame -> {
                if (!isOver) {
                    listener.frame(frame);
                }
            });
            opened.errorHandler(error -> end(new IllegalStateException("stream reset: " + error)));
            opened.exceptionHandler(this::end);
            opened.endHandler(ignored -> end(new IllegalStateException("the stream ended without a status")));
            GrpcStatus status = opened.status();
            if (status != null && status != GrpcStatus.OK) {
                end(new IllegalStateException(status.name()));
            } else {
                opened.fetch(wanted);
            }
        }

        private void end(Throwable cause) {
            if (isOver) {
                return;
            }
            cancel();
            GrpcClientResponse<SubscribeRequest, SubscribeResponse> ended = response;
            boolean isOk = ended != null && ended.status() == GrpcStatus.OK;
            EventSyncException failure = isOk ? null : Failures.of(cause, ended);
            listener.ended(failure);
        }

        @Override
        public void fetch(long frames) {
            if (response == null) {
                wanted += frames;
            } else {
                response.fetch(frames);
            }
        }

        /** The peer of a half-open connection is never heard of again; new streams must not go to it. */
        @Override
        public void suspect() {
            GrpcClientRequest<SubscribeRequest, SubscribeResponse> silent = call;
            cancel();
            if (silent != null) {
                Keepalive.suspect(transport.vertx(), silent.connection());
            }
        }

        @Override
        public void cancel() {
            isOver = true;
            if (call != null) {
                call.cancel();
            }
        }
    }
}
