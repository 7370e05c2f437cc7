package io.eventsync.server.compat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.eventsync.server.auth.ClientCertificate;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.grpc.CallWire;
import io.eventsync.server.grpc.Calls;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/** One call of the contract on behalf of an older request: its headers, so its rights; the answer is handed back. */
final class ContractCall implements CallWire {
    private final HttpServerRequest request;
    private final Promise<Buffer> answer = Promise.promise();

    private ContractCall(HttpServerRequest request) {
        this.request = request;
    }

    /** @param like an empty message of the answer's type */
    static <R extends Message> Future<R> make(
            HttpServerRequest request, Calls calls, String method, Message message, R like) {
        Calls.Method found = Calls.METHODS.stream()
                .filter(m -> m.path().equals("eventsync.v1." + method))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(method));
        ContractCall wire = new ContractCall(request);
        calls.begin(found, wire).ifPresent(call -> call.message(message));
        return wire.answer.future().map(bytes -> parse(bytes, like));
    }

    @SuppressWarnings("unchecked")
    private static <R extends Message> R parse(Buffer bytes, R like) {
        try {
            return (R) like.getParserForType().parseFrom(bytes.getBytes());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("an answer of ours is no message", e);
        }
    }

    @Override
    public MultiMap headers() {
        return request.headers();
    }

    @Override
    public Optional<String> certificateName() {
        return ClientCertificate.name(request.connection());
    }

    @Override
    public String peer() {
        return String.valueOf(request.remoteAddress());
    }

    @Override
    public void onGone(Runnable handler) {
        // These calls are short; one whose client is gone runs to its end.
    }

    @Override
    public boolean isFull() {
        return false;
    }

    @Override
    public void onDrain(Runnable handler) {
        // Never full.
    }

    @Override
    public Future<Void> write(Buffer message) {
        return Future.failedFuture("an answer is one message");
    }

    @Override
    public void end(Buffer message) {
        answer.complete(message);
    }

    @Override
    public void end() {
        answer.fail("an answer is one message");
    }

    @Override
    public void fail(Failure failure) {
        answer.fail(failure);
    }
}
