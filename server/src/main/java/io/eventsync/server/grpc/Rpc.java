package io.eventsync.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.http.HttpConfig;
import io.eventsync.server.tracing.Tracing;
import io.eventsync.server.tracing.Work;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Binds methods to the gRPC server with what its own binding lacks: exactly one request message, in time and within bounds; every
 * refusal a status with details; no write after the end. One per event loop.
 */
final class Rpc {
    private static final long SWEEP_MILLIS = 1_000;
    private static final long STREAM_LIMITS_MILLIS = 250;
    /** Not health and reflection, which tools call all the time. */
    private static final String TRACED = "eventsync.v1.";

    /** How long the request of a call that takes one message may take to arrive. */
    private static final long MESSAGE_NANOS_MAX = Duration.ofSeconds(10).toNanos();

    private final Vertx vertx;
    private final GrpcServer server;
    private final long requestBytesMax;
    private final long timeoutNanos;
    private final Gate gate;
    private final RpcMeters meters;
    private final Tracing tracing;
    private final StreamLimits<HttpConnection> streamLimits;
    private final IdentityHashMap<HttpConnection, ConnectionQueue> queues = new IdentityHashMap<>();
    private boolean isRaising;
    private final Map<Call, Due> watched = new HashMap<>();
    private final Map<String, Single<?>> singles = new HashMap<>();
    private final Set<String> sessions = new HashSet<>();

    Rpc(Vertx vertx, GrpcServer server, Gate gate, RpcMeters meters, Tracing tracing, HttpConfig config) {
        this.vertx = vertx;
        this.server = server;
        this.gate = gate;
        this.meters = meters;
        this.tracing = tracing;
        this.requestBytesMax = config.requestBytesMax();
        this.timeoutNanos = config.requestTimeout().toNanos();
        this.streamLimits = new StreamLimits<>(config.streamsPerConnectionMax(), Rpc::allowStreams);
        vertx.setTimer(SWEEP_MILLIS, t -> sweep());
        server.callHandler(this::refuseUnknown);
    }

    /** Answers one message with one. */
    interface Unary<Q> {
        Future<Buffer> handle(Q request, Call call);
    }

    /** Answers one message with a stream; the handler writes to the call. */
    interface Stream<Q> {
        void handle(Q request, Call call);
    }

    /** Answers a stream with a stream. */
    interface Session<Q> {
        /** The next message; while the future is open no more is read. */
        Future<Void> next(Q request);

        /** The client will send no more. */
        void ended();
    }

    /** Opens a session for a call. */
    interface Sessions<Q> {
        Session<Q> open(Call call);
    }

    static Future<Buffer> encoded(MessageLite message) {
        return Future.succeededFuture(Buffer.buffer(message.toByteArray()));
    }

    <Q> void unary(String method, Parser<Q> parser, Unary<Q> handler) {
        boolean isChange = AuditTrail.isChange(method);
        single(new Single<>(method, parser, false, (message, call) -> {
            watch(call, timeoutNanos, Call.expired());
            Future<Buffer> answer = handler.handle(message, call);
            (isChange ? answer.compose(made -> gate.note(method, message, call).map(made)) : answer)
                    .onComplete(call::end, call::fail);
        }));
    }

    <Q> void stream(String method, Parser<Q> parser, Stream<Q> handler) {
        single(new Single<>(method, parser, true, handler));
    }

    <Q> void session(String method, Parser<Q> parser, Sessions<Q> sessions) {
        this.sessions.add(method);
        bind(method, request -> {
            Call call = call(request);
            if (call.admit()) {
                entered(
                        method,
                        call,
                        request,
                        () -> new SessionReader<>(request, call, parser, sessions.open(call)).begin());
            }
        });
    }

    /** Lets the client wait until it is known who it is. */
    private void entered(String method, Call call, GrpcServerRequest<Buffer, Buffer> request, Runnable begin) {
        Future<Void> entered = gate.enter(method, call, true);
        if (!entered.isComplete()) {
            request.pause();
            entered = entered.andThen((v, refused) -> request.resume());
        }
        entered.onComplete(
                v -> {
                    if (!call.isDone()) {
                        begin.run();
                    }
                },
                call::fail);
    }

    private void bind(String method, io.vertx.core.Handler<GrpcServerRequest<Buffer, Buffer>> handler) {
        int slash = method.indexOf('/');
        server.callHandler(
                ServiceMethod.server(
                        ServiceName.create(method.substring(0, slash)),
                        method.substring(slash + 1),
                        GrpcMessageEncoder.IDENTITY,
                        GrpcMessageDecoder.IDENTITY),
                handler);
    }

    private Call call(GrpcServerRequest<Buffer, Buffer> request) {
        Call call = call(wire(request), request.fullMethodName());
        request.invalidMessageHandler(e -> call.fail(tooLarge()));
        return call;
    }

    private CallWire wire(GrpcServerRequest<Buffer, Buffer> request) {
        CallWire wire = new GrpcWire(request);
        if (!isStream(request.fullMethodName())) {
            return wire;
        }
        ConnectionQueue queue =
                queues.computeIfAbsent(request.connection(), c -> new ConnectionQueue(vertx, ConnectionRoom.of(c)));
        queue.opened();
        return new QueuedWire(wire, queue);
    }

    private Call call(CallWire wire, String method) {
        meters.began();
        Call call = new Call(vertx, wire, method, this::over);
        if (tracing.isOn() && method.startsWith(TRACED) && (singles.containsKey(method) || sessions.contains(method))) {
            call.as(tracing.call(method, call.traceparent()));
        }
        HttpConnection connection = call.connection();
        if (connection != null && !call.isDone()) {
            streamLimits.began(connection, isStream(method));
        }
        return call;
    }

    private void over(Call call) {
        watched.remove(call);
        gate.leave(call);
        boolean isStream = isStream(call.method());
        boolean isKnown = singles.containsKey(call.method()) || sessions.contains(call.method());
        meters.ended(
                isKnown ? call.method() : "unknown", isStream, call.outcome(), System.nanoTime() - call.beganNanos());
        Reason refusal = call.refusal();
        HttpConnection connection = call.connection();
        if (connection != null) {
            if (isStream) {
                queues.computeIfPresent(connection, (c, queue) -> queue.closed() ? null : queue);
            }
            boolean isShed = refusal == Reason.OVERLOADED;
            streamLimits.ended(connection, isStream, isShed);
            if (isShed && !isRaising) {
                raiseLater();
            }
        }
        if (refusal != null) {
            meters.refused(refusal);
        }
        Work work = call.work();
        if (work != null) {
            work.note("rpc.outcome", call.outcome());
            work.end(refusal == null ? null : refusal.name());
        }
    }

    /** Gives connections back what they are not allowed, until all are. */
    private void raiseLater() {
        isRaising = true;
        vertx.setTimer(STREAM_LIMITS_MILLIS, t -> {
            isRaising = false;
            streamLimits.tick();
            if (streamLimits.isLimiting()) {
                raiseLater();
            }
        });
    }

    /** A connection is gone. */
    void closed(HttpConnection connection) {
        streamLimits.closed(connection);
    }

    private boolean isStream(String method) {
        Single<?> single = singles.get(method);
        return single == null ? sessions.contains(method) : single.isStream();
    }

    private static Future<Void> allowStreams(HttpConnection connection, int streams) {
        try {
            return connection.updateSettings(new Http2Settings(connection.settings()).setMaxConcurrentStreams(streams));
        } catch (UnsupportedOperationException http1) {
            return Future.succeededFuture();
        }
    }

    Failure tooLarge() {
        return Failure.of(Reason.MESSAGE_TOO_LARGE, "the message is larger than " + requestBytesMax + " bytes")
                .with("max_bytes", requestBytesMax);
    }

    /** A method that takes one message. */
    private record Single<Q>(String method, Parser<Q> parser, boolean isStream, Stream<Q> handler) {}

    private <Q> void single(Single<Q> method) {
        singles.put(method.method(), method);
        bind(method.method(), request -> {
            Call call = call(request);
            if (call.admit()) {
                new SingleMessage<>(request, call, method).begin();
            }
        });
    }

    /** Hands the message over once it is known who calls; at once, as a rule. */
    private <Q> void handle(Single<Q> method, Q message, Call call, Future<Void> entered) {
        entered.onSuccess(v -> {
            if (!call.isDone()) {
                try {
                    method.handler().handle(message, call);
                } catch (RuntimeException e) {
                    call.fail(e);
                }
            }
        });
    }

    /**
     * Begins a call of a method that takes one message and came another way than by gRPC; from here on it is a call like any other.
     * Empty if it was refused: the wire was told.
     */
    Optional<Calls.Incoming> begin(String method, CallWire wire) {
        Call call = call(wire, method);
        if (!call.admit()) {
            return Optional.empty();
        }
        Single<?> single = singles.get(method);
        if (single == null) {
            gate.enter(method, call, false).onComplete(v -> call.fail(unknown(method)), call::fail);
            return Optional.empty();
        }
        watch(call, MESSAGE_NANOS_MAX, malformed("the request did not arrive within 10 s"));
        Parsed<?> parsed = new Parsed<>(call, single);
        return call.isDone() ? Optional.empty() : Optional.of(parsed);
    }

    /** A call whose message the edge reads. */
    private final class Parsed<Q> implements Calls.Incoming {
        private final Call call;
        private final Single<Q> method;
        private final Future<Void> entered;

        Parsed(Call call, Single<Q> method) {
            this.call = call;
            this.method = method;
            this.entered = gate.enter(method.method(), call, method.isStream()).onFailure(call::fail);
        }

        @Override
        @SuppressWarnings("unchecked") // the edge builds the message from the method's own prototype
        public void message(Message request) {
            watched.remove(call);
            Rpc.this.handle(method, (Q) request, call, entered);
        }

        @Override
        public void refuse(Throwable cause) {
            call.fail(cause);
        }
    }

    private void refuseUnknown(GrpcServerRequest<Buffer, Buffer> request) {
        Call call = call(request);
        if (call.admit()) {
            entered(request.fullMethodName(), call, request, () -> call.fail(unknown(request.fullMethodName())));
        }
    }

    private static Failure unknown(String method) {
        return Failure.of(Reason.FEATURE_OFF, "this server does not have " + method)
                .with("method", method);
    }

    /** When a call is to be refused unless it is answered before. */
    private record Due(long nanos, Failure failure) {}

    private void watch(Call call, long nanos, Failure failure) {
        if (!call.isDone()) {
            watched.put(call, new Due(System.nanoTime() + nanos, failure));
        }
    }

    /** One timer for all calls: most are answered long before it matters. */
    private void sweep() {
        long now = System.nanoTime();
        List<Map.Entry<Call, Due>> due = watched.entrySet().stream()
                .filter(e -> now - e.getValue().nanos() >= 0)
                .toList();
        due.forEach(e -> e.getKey().fail(e.getValue().failure()));
        gate.sweep();
        vertx.setTimer(SWEEP_MILLIS, t -> sweep());
    }

    static <Q> Q parse(Parser<Q> parser, GrpcMessage message) {
        if (!message.encoding().equals("identity")) {
            throw Failure.of(Reason.ENCODING_UNSUPPORTED, "messages must not be compressed");
        }
        try {
            return parser.parseFrom(message.payload().getBytes());
        } catch (InvalidProtocolBufferException e) {
            throw malformed("the request is not a message of this method: " + e.getMessage());
        }
    }

    static Failure malformed(String message) {
        return Failure.of(Reason.MESSAGE_MALFORMED, message);
    }

    /** Waits for the one message and the end of the request, so that a call with two has no effect. */
    private final class SingleMessage<Q> {
        private final GrpcServerRequest<Buffer, Buffer> request;
        private final Call call;
        private final Single<Q> method;
        private final Future<Void> entered;
        private @Nullable GrpcMessage first;

        SingleMessage(GrpcServerRequest<Buffer, Buffer> request, Call call, Single<Q> method) {
            this.request = request;
            this.call = call;
            this.method = method;
            this.entered = gate.enter(method.method(), call, method.isStream()).onFailure(call::fail);
        }

        void begin() {
            request.messageHandler(this::message);
            request.endHandler(v -> end());
            watch(call, MESSAGE_NANOS_MAX, malformed("the request did not arrive within 10 s"));
        }

        private void message(GrpcMessage message) {
            if (first != null) {
                call.fail(Failure.of(Reason.TOO_MANY_MESSAGES, "the method takes exactly one message"));
            }
            first = message;
        }

        private void end() {
            GrpcMessage message = first;
            watched.remove(call);
            if (call.isDone()) {
                return;
            }
            Failure violation = FrameGuard.violation(request.headers());
            if (violation != null) {
                call.fail(violation);
                return;
            }
            if (message == null) {
                call.fail(malformed("the method takes exactly one message, the request ended without a whole one"));
                return;
            }
            try {
                Rpc.this.handle(method, parse(method.parser(), message), call, entered);
            } catch (RuntimeException e) {
                call.fail(e);
            }
        }
    }
}
