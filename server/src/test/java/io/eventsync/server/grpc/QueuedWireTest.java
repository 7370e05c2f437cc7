package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueuedWireTest {
    private final List<String> said = new ArrayList<>();
    private final List<Promise<Void>> writes = new ArrayList<>();
    private final QueuedWire wire =
            new QueuedWire(proxy(CallWire.class), new ConnectionQueue(proxy(Vertx.class), () -> true));

    @SuppressWarnings("unchecked") // of that type
    private <T> T proxy(Class<T> type) {
        return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
            switch (method.getName()) {
                case "write" -> {
                    said.add(arguments[0].toString());
                    writes.add(Promise.promise());
                    return writes.get(writes.size() - 1).future();
                }
                case "isFull" -> {
                    return false;
                }
                case "setTimer" -> {
                    return 1L;
                }
                case "runOnContext" -> {
                    ((Handler<Void>) arguments[0]).handle(null);
                    return null;
                }
                default -> {
                    said.add(method.getName());
                    return null;
                }
            }
        });
    }

    private Future<Void> fill() {
        return wire.write(Buffer.buffer("x".repeat((int) ConnectionQueue.HANDED_BYTES_MAX)));
    }

    @Test
    void end_isAtOnce_whenAllIsHandedOn() {
        Future<Void> written = wire.write(Buffer.buffer("a"));
        wire.end();

        assertThat(written.isComplete()).isFalse();
        assertThat(said).containsExactly("a", "end");
    }

    @Test
    void end_followsWhatWaits() {
        Future<Void> first = fill();
        Future<Void> second = wire.write(Buffer.buffer("b"));
        wire.end();
        assertThat(said).hasSize(1);

        writes.get(0).complete();

        assertThat(said).hasSize(3).endsWith("b", "end");
        assertThat(first.succeeded()).isTrue();
        assertThat(second.isComplete()).isFalse();
    }

    @Test
    void failure_followsWhatWaits() {
        Future<Void> first = fill();
        Future<Void> second = wire.write(Buffer.buffer("b"));
        wire.fail(Failure.of(Reason.DRAINING, "going"));

        writes.get(0).complete();

        assertThat(said).hasSize(3).endsWith("b", "fail");
        assertThat(List.of(first, second)).filteredOn(Future::isComplete).hasSize(1);
    }

    @Test
    void manySmallMessagesThatWait_areFull_untilOneIsWritten() {
        List<Future<Void>> all = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            assertThat(wire.isFull()).isFalse();
            all.add(wire.write(Buffer.buffer("m" + i)));
        }
        assertThat(wire.isFull()).isTrue();

        writes.get(0).complete();

        assertThat(wire.isFull()).isFalse();
        assertThat(all.get(0).succeeded()).isTrue();
    }
}
