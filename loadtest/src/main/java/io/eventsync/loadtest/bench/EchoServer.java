package io.eventsync.loadtest.bench;

import com.google.protobuf.Timestamp;
import io.eventsync.v1.EventServiceGrpcService;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestBatchResponse;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestResponse;
import io.eventsync.v1.IngestResult;
import io.eventsync.v1.IngestStreamRequest;
import io.eventsync.v1.IngestStreamResponse;
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
    private static final int CREDITS = 256;
    private static final String CURSOR = "echo-echo-echo-echo-";
    private static final IngestResult RESULT = IngestResult.newBuilder()
            .setId("000000000000000000000000")
            .setPosition(1)
            .setIngestTime(Timestamp.newBuilder().setSeconds(1))
            .build();
    private static final IngestResponse ANSWER =
            IngestResponse.newBuilder().setResult(RESULT).setCursor(CURSOR).build();
    private static final IngestStreamResponse OPENED = IngestStreamResponse.newBuilder()
            .setOpened(IngestStreamResponse.Opened.newBuilder().setCredits(CREDITS))
            .build();

    private final int port;
    private int actualPort;

    EchoServer(int port) {
        this.port = port;
    }

    @Override
    public Future<?> start() {
        GrpcServer grpc = GrpcServer.server(vertx)
                .callHandler(EventServiceGrpcService.Ingest, this::answer)
                .callHandler(EventServiceGrpcService.IngestBatch, this::answerBatch)
                .callHandler(EventServiceGrpcService.IngestStream, this::answerStream);
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

    private void answerBatch(GrpcServerRequest<IngestBatchRequest, IngestBatchResponse> call) {
        call.handler(request -> {
            IngestBatchResponse.Builder response =
                    IngestBatchResponse.newBuilder().setCursor(CURSOR);
            request.getEventsList().forEach(event -> response.addResults(RESULT));
            call.response().end(response.build());
        });
    }

    /** An Ack for each append; the server under test may join several. */
    private void answerStream(GrpcServerRequest<IngestStreamRequest, IngestStreamResponse> call) {
        call.response().write(OPENED);
        call.handler(append -> call.response()
                .write(IngestStreamResponse.newBuilder()
                        .setAck(IngestStreamResponse.Ack.newBuilder()
                                .setThroughSequence(append.getSequence())
                                .setPosition(append.getSequence())
                                .setCursor(CURSOR))
                        .build()));
        call.endHandler(v -> call.response().end());
    }
}
