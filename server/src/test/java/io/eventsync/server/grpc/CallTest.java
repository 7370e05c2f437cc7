package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
import io.vertx.grpc.server.GrpcServerResponse;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("unchecked") // proxies of generic types
class CallTest {
    private final MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    private final MultiMap trailers = MultiMap.caseInsensitiveMultiMap();
    private final List<String> said = new ArrayList<>();
    private Handler<Long> timer = id -> fail("no timer was set");
    private Handler<Throwable> lost = cause -> fail("nobody listens");
    private Future<Void> answer = Future.succeededFuture();
    private int ended;

    private final GrpcServerResponse<Buffer, Buffer> response = proxy(GrpcServerResponse.class, this::onResponse);
    private final GrpcServerRequest<Buffer, Buffer> request = proxy(GrpcServerRequest.class, this::onRequest);
    private final Call call = new Call(
            proxy(Vertx.class, this::onVertx), new GrpcWire(request), "test.Service/Method", done -> said.add("done"));

    private interface Calls {
        @Nullable
        Object handle(Method method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Calls calls) {
        return (T) Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> calls.handle(method, arguments));
    }

    private @Nullable Object onRequest(Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "response" -> response;
            case "headers" -> headers;
            default -> null;
        };
    }

    private @Nullable Object onResponse(Method method, Object[] arguments) {
        String name = method.getName();
        if (name.equals("exceptionHandler")) {
            lost = (Handler<Throwable>) arguments[0];
        } else if (name.equals("status")) {
            said.add(((GrpcStatus) arguments[0]).name());
        } else if (name.equals("headers") || name.equals("trailers")) {
            return trailers;
        } else if (name.equals("writeQueueFull")) {
            return false;
        } else if (name.startsWith("write") || name.startsWith("end")) {
            said.add(name);
            return answer;
        }
        return null;
    }

    private @Nullable Object onVertx(Method method, Object[] arguments) {
        if (method.getName().equals("setTimer")) {
            timer = (Handler<Long>) arguments[1];
            return 1L;
        }
        return true;
    }

    @Test
    void ownerIsTold_whenTheDeadlineIsOver() {
        headers.set("grpc-timeout", "1S");
        assertThat(call.admit()).isTrue();
        call.onEnd(() -> ended++);

        fireTimer();

        assertThat(said).containsExactly("done", "DEADLINE_EXCEEDED", "end");
        assertThat(ended).isEqualTo(1);
        assertThat(trailers.contains(StatusMapper.DETAILS_TRAILER)).isTrue();
    }

    @Test
    void ownerIsTold_whenTheClientIsGone() {
        call.onEnd(() -> ended++);

        loseConnection();
        loseConnection();
        call.write(Buffer.buffer());
        call.end();

        assertThat(said).containsExactly("done");
        assertThat(ended).isEqualTo(1);
    }

    @Test
    void ownerIsTold_whenTheCallIsRefused() {
        call.onEnd(() -> ended++);

        call.fail(Failure.of(Reason.MESSAGE_MALFORMED, "bad"));
        call.fail(Failure.of(Reason.INTERNAL, "late"));

        assertThat(said).containsExactly("done", "INVALID_ARGUMENT", "end");
        assertThat(ended).isEqualTo(1);
    }

    @Test
    void ownerIsToldAtOnce_whenTheCallIsOver() {
        call.end();

        call.onEnd(() -> ended++);

        assertThat(ended).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"AAECAw==", "AAECAw", "", "AAEC,AwQ", "AAEC, AwQ="})
    void binaryHeader_isAccepted_whenBase64(String value) {
        headers.set("trace-bin", value);

        assertThat(call.admit()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"!", "A", "AAEC,!"})
    void binaryHeader_isRefused_whenNotBase64(String value) {
        headers.set("trace-bin", value);

        assertThat(call.admit()).isFalse();
        assertThat(said).contains("INVALID_ARGUMENT");
    }

    @Test
    void compressedCall_isRefused() {
        headers.set("grpc-encoding", "gzip");

        assertThat(call.admit()).isFalse();
        assertThat(said).contains("UNIMPLEMENTED");
    }

    private void fireTimer() {
        timer.handle(1L);
    }

    private void loseConnection() {
        lost.handle(new IllegalStateException("reset"));
    }

    /** The transport counts messages; a stalled stream must not hold many large ones. */
    @Test
    void stream_isFull_whileItsUnsentBytesAreMany_andDrainsOnce() {
        Promise<Void> sent = Promise.promise();
        answer = sent.future();
        Buffer large = Buffer.buffer(new byte[40 << 10]);

        call.onDrain(() -> said.add("drained"));
        call.write(large);
        assertThat(call.isFull()).isFalse();
        call.write(large);
        assertThat(call.isFull()).isTrue();
        assertThat(said).doesNotContain("drained");

        sent.complete();
        assertThat(call.isFull()).isFalse();
        answer = Future.succeededFuture();
        call.write(large);
        assertThat(said).containsOnlyOnce("drained");
    }
}
