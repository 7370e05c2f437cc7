package io.eventsync.server.egress;

import io.eventsync.server.egress.Faults.Fault;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.streams.WriteStream;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.spi.BodyStream;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One call until its one answer. Sees each phase of the exchange and takes the body, of which it keeps the beginning;
 * whatever comes after the answer was given is dropped, and a connection that is not at its clean end is closed.
 */
final class EgressCall implements BodyCodec<Void>, BodyStream<Void> {
    private final Vertx vertx;
    private final EgressRequest request;
    private final Promise<EgressAnswer> answer = Promise.promise();
    private final long startNanos = System.nanoTime();
    private final long timer;
    private final Buffer excerpt = Buffer.buffer();
    private Phase phase = Phase.LOOKUP;
    private String remoteAddress = "";
    private @Nullable InetAddress vetted;
    private @Nullable HttpClientRequest sent;
    private @Nullable HttpClientResponse head;

    private enum Phase {
        LOOKUP("looking up the name"),
        CONNECT("connecting"),
        WAIT("waiting for the answer"),
        BODY("reading the answer's body"),
        DONE("");

        private final String doing;

        Phase(String doing) {
            this.doing = doing;
        }
    }

    EgressCall(Vertx vertx, EgressRequest request) {
        this.vertx = vertx;
        this.request = request;
        this.timer = vertx.setTimer(request.timeout().toMillis(), id -> timeOut());
    }

    EgressRequest request() {
        return request;
    }

    Future<EgressAnswer> answer() {
        return answer.future();
    }

    boolean isDone() {
        return phase == Phase.DONE;
    }

    boolean isSent() {
        return sent != null;
    }

    void connecting(InetAddress to) {
        phase = Phase.CONNECT;
        vetted = to;
    }

    /** There is a connection; false if nothing may be sent on it. */
    boolean sending(HttpClientRequest next) {
        // Without these, whatever a receiver does wrong is logged as an error of this server.
        next.exceptionHandler(failure -> fail(Faults.afterSending(failure)));
        next.connection().exceptionHandler(failure -> {});
        if (isDone()) {
            drop(next);
            return false;
        }
        sent = next;
        SocketAddress remote = next.connection().remoteAddress();
        String address = remote == null ? null : remote.hostAddress();
        if (address == null || vetted == null || !vetted.getHostAddress().equals(address)) {
            finish(EgressError.INTERNAL, "the connection is not to the address that was judged", false);
            return false;
        }
        remoteAddress = (address.indexOf(':') < 0 ? address : '[' + address + ']') + ':' + remote.port();
        phase = Phase.WAIT;
        return true;
    }

    /** The head of an answer came; false if that is the end of the call. */
    boolean receiving(HttpClientResponse next) {
        next.exceptionHandler(failure -> {});
        if (isDone()) {
            return false;
        }
        if (next.statusCode() < 200) {
            // What follows would be taken for the answer to the next request on this connection.
            finish(EgressError.PROTOCOL, "the answer is the interim status " + next.statusCode(), false);
            return false;
        }
        head = next;
        phase = Phase.BODY;
        return true;
    }

    @Override
    public Future<Void> write(Buffer data) {
        if (isDone()) {
            return Future.succeededFuture();
        }
        int room = EgressAnswer.EXCERPT_BYTES_MAX - excerpt.length();
        excerpt.appendBuffer(data, 0, Math.min(room, data.length()));
        if (data.length() > room || (data.length() == room && !endsWithExcerpt())) {
            finish(EgressError.NONE, "", false);
        }
        return Future.succeededFuture();
    }

    private boolean endsWithExcerpt() {
        return head != null && String.valueOf(EgressAnswer.EXCERPT_BYTES_MAX).equals(head.getHeader("content-length"));
    }

    /** The whole body came, and the connection can serve the next call. */
    void succeed() {
        finish(EgressError.NONE, "", true);
    }

    void fail(Fault fault) {
        finish(fault.error(), fault.message(), false);
    }

    private void timeOut() {
        finish(
                EgressError.TIMEOUT,
                "no end within " + request.timeout().toMillis() + " ms, while " + phase.doing,
                false);
    }

    private void finish(EgressError error, String message, boolean isWhole) {
        if (isDone()) {
            return;
        }
        phase = Phase.DONE;
        vertx.cancelTimer(timer);
        EgressAnswer result = new EgressAnswer(
                error,
                message,
                head == null ? 0 : head.statusCode(),
                EgressAnswer.kept(head),
                excerpt,
                head != null && !isWhole,
                remoteAddress,
                System.nanoTime() - startNanos);
        // Not at once: the connection returns to its pool after this, and the next call should find it there.
        vertx.runOnContext(v -> answer.complete(result));
        if (sent != null && !isWhole) {
            drop(sent);
        }
    }

    /** Closes the connection of a request that was sent, and gives back that of one that was not. */
    private static void drop(HttpClientRequest request) {
        request.reset().onComplete((done, failure) -> {}); // fails if it has ended; then there is nothing to do
    }

    @Override
    public BodyStream<Void> stream() {
        return this;
    }

    @Override
    public Future<Void> result() {
        return Future.succeededFuture();
    }

    /** Also comes when the connection was lost, so it is not the sign of success. */
    @Override
    public Future<Void> end() {
        return Future.succeededFuture();
    }

    @Override
    public void handle(Throwable failure) {
        fail(Faults.afterSending(failure));
    }

    @Override
    public boolean writeQueueFull() {
        return false;
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
        return this;
    }

    @Override
    public WriteStream<Buffer> drainHandler(@Nullable Handler<Void> handler) {
        return this;
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
        return this;
    }
}
