package io.eventsync.loadtest.bench;

import com.google.protobuf.Timestamp;
import io.eventsync.v1.EventServiceGrpcService;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestResponse;
import io.eventsync.v1.IngestResult;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;

/**
 * Ingest without a log: decodes the request and answers a constant. What this stack costs on this machine, hence the yardstick
 * for a server on the same stack.
 */
final class EchoServer extends VerticleBase {

    private static final int STREAMS_MAX = 10_000;
    private static final IngestResponse ANSWER = IngestResponse.newBuilder()
            .setResult(IngestResult.newBuilder()
                    .setId("000000000000000000000000")
                    .setPosition(1)
                    .setIngestTime(Timestamp.newBuilder().setSeconds(1)))
            .setCursor("echo-echo-echo-echo-")
            .build();

    private final int port;
    private int actualPort;

    EchoServer(int port) {
        this.port = port;
    }

    @Override
    public Future<?> start() {
        GrpcServer grpc = GrpcServer.server(vertx).callHandler(EventServiceGrpcService.Ingest, this::answer);
        HttpServer http = vertx.createHttpServer(new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(STREAMS_MAX)));
        return http.requestHandler(grpc).listen().onSuccess(listening -> actualPort = listening.actualPort());
    }

    int actualPort() {
        return actualPort;
    }

    private void answer(GrpcServerRequest<IngestRequest, IngestResponse> call) {
        call.handler(request -> {
            if (request.getEvent().getTag().isEmpty()) {
                call.response().status(GrpcStatus.INVALID_ARGUMENT).end();
            } else {
                call.response().end(ANSWER);
            }
        });
    }
}
