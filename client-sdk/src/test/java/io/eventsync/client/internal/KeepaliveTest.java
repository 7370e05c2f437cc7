package io.eventsync.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeepaliveTest {
    private final Set<Long> timers = new HashSet<>();
    private final Vertx vertx = stub(Vertx.class, (method, arguments) -> switch (method) {
        case "setPeriodic" -> {
            timers.add(1L);
            yield 1L;
        }
        case "cancelTimer" -> timers.remove(arguments[0]);
        default -> throw new UnsupportedOperationException(method);
    });
    private final Keepalive keepalive = new Keepalive(vertx);
    private final List<Handler<Void>> closeHandlers = new ArrayList<>();

    private HttpConnection connection(Future<?> pong) {
        return stub(HttpConnection.class, (method, arguments) -> switch (method) {
            case "closeHandler" -> {
                @SuppressWarnings("unchecked")
                Handler<Void> handler = (Handler<Void>) arguments[0];
                closeHandlers.add(handler);
                yield null;
            }
            case "ping" -> pong;
            case "hashCode" -> 1;
            default -> throw new UnsupportedOperationException(method);
        });
    }

    @Test
    void connection_isWatched_untilItIsClosed() {
        keepalive.watch(connection(Promise.promise().future()));

        assertThat(keepalive.hasAny()).isTrue();
        assertThat(timers).hasSize(1);

        closeHandlers.get(0).handle(null);

        assertThat(keepalive.hasAny()).isFalse();
        assertThat(timers).isEmpty();
    }

    /** Its handler is never called; were it watched on, its pool would never be given up, and its timer would run for ever. */
    @Test
    void connection_isForgotten_whenItWasClosedBeforeItWasWatched() {
        keepalive.watch(connection(Future.failedFuture("closed")));

        assertThat(keepalive.hasAny()).isFalse();
        assertThat(timers).isEmpty();
    }

    private interface Answer {
        @Nullable
        Object to(String method, Object[] arguments);
    }

    private static <T> T stub(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answer.to(method.getName(), arguments)));
    }
}
