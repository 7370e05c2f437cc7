package io.eventsync.server.http;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.grpc.StatusMapper;
import io.eventsync.server.http.json.JsonOutput;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** A call that is answered with one JSON object. */
final class UnaryWire extends HttpWire {
    private final Message prototype;
    private final JsonOutput json;

    UnaryWire(HttpServerRequest request, Message prototype, JsonOutput json) {
        super(request);
        this.prototype = prototype;
        this.json = json;
    }

    @Override
    public Future<Void> write(Buffer message) {
        throw new UnsupportedOperationException("an answer is one message");
    }

    @Override
    public void end() {
        throw new UnsupportedOperationException("an answer is one message");
    }

    @Override
    public void end(Buffer message) {
        Buffer text;
        try {
            text = Buffer.buffer(json.print(parsed(message)) + "\n");
        } catch (RuntimeException defect) {
            fail(StatusMapper.failure(defect));
            return;
        }
        response.putHeader("content-type", "application/json").putHeader("cache-control", "no-store");
        HttpErrors.end(request, text);
    }

    private Message parsed(Buffer message) {
        try {
            return prototype.getParserForType().parseFrom(message.getBytes());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("an answer of ours is no message", e);
        }
    }

    @Override
    public void fail(Failure failure) {
        HttpErrors.answer(request, failure);
    }
}
