package io.eventsync.server.grpc;

import com.google.protobuf.MessageLite;
import io.eventsync.server.auth.Principal;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.subscription.SubscriptionConfig;
import io.eventsync.server.tracing.Traceparent;
import io.eventsync.server.tracing.Work;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call: answered once, whatever happens. The client may be gone, the deadline over or the answer given by the time somebody
 * wants to write; the library throws then, this does nothing.
 */
final class Call {
    private static final Logger LOG = LoggerFactory.getLogger(Call.class);
    private static final Duration DEADLINE_MAX = Duration.ofDays(365);

    /** The transport is full by the number of messages, and holds a copy of each: sixteen large ones for each stalled stream are too many. */
    private static final long UNSENT_BYTES_MAX = Math.min(
            64L << 10, SubscriptionConfig.shareBytes(Runtime.getRuntime().maxMemory()));

    private final Vertx vertx;
    private final CallWire wire;
    private final String method;
    private final Consumer<Call> onDone;
    private final long beganNanos = System.nanoTime();
    private @Nullable Runnable onEnd;
    private Principal principal = Principal.ANYONE;
    private @Nullable Runnable onDrain;
    private long unsentBytes;
    private boolean someoneWaits;
    private long timer = -1;
    private @Nullable Reason refusal;
    private @Nullable Work work;
    private boolean answered;
    private boolean done;

    /**
     * @param method as the client wrote it
     * @param onDone runs once, when the call was answered or its client is gone
     */
    Call(Vertx vertx, CallWire wire, String method, Consumer<Call> onDone) {
        this.vertx = vertx;
        this.wire = wire;
        this.method = method;
        this.onDone = onDone;
        wire.onGone(this::gone);
    }

    /** Refuses what gRPC forbids in the request's headers, and starts the clock. Answers whether the call may go on. */
    boolean admit() {
        try {
            String encoding = wire.headers().get("grpc-encoding");
            if (encoding != null && !encoding.equals("identity")) {
                throw Failure.of(Reason.ENCODING_UNSUPPORTED, "messages must not be compressed")
                        .with("grpc-encoding", encoding);
            }
            checkBinaryMetadata();
            Duration left = Deadline.parse(wire.headers().get(Deadline.HEADER), DEADLINE_MAX);
            if (left != null) {
                startClock(left);
            }
            return !done;
        } catch (Failure refused) {
            fail(refused);
            return false;
        }
    }

    private void checkBinaryMetadata() {
        for (Map.Entry<String, String> header : wire.headers()) {
            if (header.getKey().endsWith("-bin")) {
                try {
                    // Proxies may join the values of one name.
                    for (String value : header.getValue().split(",", -1)) {
                        Base64.getDecoder().decode(value.strip());
                    }
                } catch (IllegalArgumentException e) {
                    throw Failure.of(Reason.METADATA_INVALID, "a -bin header must be base64")
                            .with("header", header.getKey());
                }
            }
        }
    }

    private void startClock(Duration left) {
        if (left.toMillis() < 1) {
            fail(expired());
        } else {
            timer = vertx.setTimer(left.toMillis(), t -> {
                timer = -1;
                fail(expired());
            });
        }
    }

    static Failure expired() {
        return Failure.of(Reason.DEADLINE_EXCEEDED, "the deadline is over; the outcome of a write is unknown");
    }

    /** Who calls. */
    Principal principal() {
        return principal;
    }

    void by(Principal caller) {
        this.principal = caller;
    }

    String method() {
        return method;
    }

    /** The connection, if gRPC came on it. */
    @Nullable
    HttpConnection connection() {
        return wire.connection();
    }

    /** The caller's place in a trace, or empty. */
    String traceparent() {
        return Traceparent.of(wire.headers().getAll(Traceparent.HEADER));
    }

    void as(Work recorded) {
        this.work = recorded;
    }

    /** Itself as a part of a trace; null while nobody traces. */
    @Nullable
    Work work() {
        return work;
    }

    long beganNanos() {
        return beganNanos;
    }

    /** Why it failed, once it is over; null if it did not. */
    @Nullable
    Reason refusal() {
        return refusal;
    }

    /** The gRPC status that its client was told, once it is over; CANCELLED if the client went before that. */
    String outcome() {
        Reason why = refusal;
        return !answered ? "CANCELLED" : why == null ? "OK" : why.code().name();
    }

    MultiMap headers() {
        return wire.headers();
    }

    Optional<String> certificateName() {
        return wire.certificateName();
    }

    String peer() {
        return wire.peer();
    }

    boolean isDone() {
        return done;
    }

    /** Runs once when the call is over, however it ended: answered, refused, out of time, or without its client. */
    void onEnd(Runnable handler) {
        if (done) {
            handler.run();
        } else {
            this.onEnd = handler;
        }
    }

    boolean isFull() {
        boolean isFull = !done && (unsentBytes >= UNSENT_BYTES_MAX || wire.isFull());
        someoneWaits |= isFull;
        return isFull;
    }

    /** Runs whenever there is room again after somebody found none. */
    void onDrain(Runnable handler) {
        if (!done) {
            onDrain = handler;
            wire.onDrain(this::drained);
        }
    }

    private void drained() {
        Runnable handler = onDrain;
        if (someoneWaits && handler != null && !isFull()) {
            someoneWaits = false;
            handler.run();
        }
    }

    void write(Buffer message) {
        if (!done) {
            int bytes = message.length();
            unsentBytes += bytes;
            guarded(() -> wire.write(message).onComplete(v -> sent(bytes), e -> gone()));
        }
    }

    private void sent(int bytes) {
        unsentBytes -= bytes;
        if (unsentBytes <= UNSENT_BYTES_MAX / 2) {
            drained();
        }
    }

    void write(MessageLite message) {
        write(Buffer.buffer(message.toByteArray()));
    }

    void end(Buffer message) {
        if (answer(null)) {
            guarded(() -> wire.end(message));
        }
    }

    void end() {
        if (answer(null)) {
            guarded(wire::end);
        }
    }

    void fail(Throwable cause) {
        Failure failure = StatusMapper.failure(cause);
        if (answer(failure.reason())) {
            guarded(() -> wire.fail(failure));
        }
    }

    private void guarded(Runnable write) {
        try {
            write.run();
        } catch (IllegalStateException late) {
            // The stream was reset between our look and our write.
            LOG.debug("late write dropped cause={}", late.getMessage());
            gone();
        }
    }

    private void gone() {
        if (finish()) {
            LOG.debug("client gone");
        }
    }

    private boolean answer(@Nullable Reason why) {
        if (done) {
            return false;
        }
        answered = true;
        refusal = why;
        return finish();
    }

    private boolean finish() {
        if (done) {
            return false;
        }
        done = true;
        if (timer >= 0) {
            vertx.cancelTimer(timer);
        }
        onDone.accept(this);
        Runnable handler = onEnd;
        if (handler != null) {
            handler.run();
        }
        return true;
    }
}
