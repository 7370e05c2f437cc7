package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WakesTest {
    private static final long DAY_MILLIS = 86_400_000;

    private final TreeMap<Long, Handler<Long>> timers = new TreeMap<>();
    private final List<Assignment> awake = new ArrayList<>();
    private long nowMillis = 1_000;
    private final Wakes wakes = new Wakes(vertx(), new SteadyClock(() -> nowMillis * 1_000_000), awake::add);
    private final Assignment first = endpoint();
    private final Assignment second = endpoint();

    /** Or one that waits for a day takes memory for each event that comes meanwhile. */
    @Test
    void soonerTime_takesThePlaceOfTheLater_howeverOftenItComes() {
        for (int i = 0; i < 1_000; i++) {
            wakes.plan(first, DAY_MILLIS, nowMillis);
            wakes.plan(first, nowMillis + 1, nowMillis);
            runNext();
        }

        assertThat(awake).hasSize(1_000);
        assertThat(wakes.size()).isZero();
    }

    @Test
    void laterTime_isLeftOut_asItIsAskedForAgainThen() {
        wakes.plan(first, 2_000, nowMillis);
        wakes.plan(first, 3_000, nowMillis);

        runNext();

        assertThat(nowMillis).isEqualTo(2_000);
        assertThat(awake).containsExactly(first);
        assertThat(wakes.size()).isZero();
        assertThat(timers).isEmpty();
    }

    @Test
    void eachIsWoken_atItsTime() {
        wakes.plan(first, 3_000, nowMillis);
        wakes.plan(second, 2_000, nowMillis);

        runNext();
        assertThat(awake).containsExactly(second);
        runNext();
        assertThat(awake).containsExactly(second, first);
        assertThat(nowMillis).isEqualTo(3_000);
    }

    @Test
    void forgotten_isNotWoken() {
        wakes.plan(first, 2_000, nowMillis);
        wakes.plan(second, 2_000, nowMillis);

        wakes.forget(first);
        wakes.forget(first);
        runNext();

        assertThat(awake).containsExactly(second);
    }

    private void runNext() {
        Map.Entry<Long, Handler<Long>> next = Objects.requireNonNull(timers.pollFirstEntry());
        nowMillis = next.getKey();
        next.getValue().handle(nowMillis);
    }

    private static Assignment endpoint() {
        return new Assignment(new TestRun().start(), attempt -> Future.failedFuture("nothing is sent here"), 0);
    }

    /** Its timers only; the number of one is the time when it is due. */
    @SuppressWarnings("unchecked")
    private Vertx vertx() {
        return (Vertx) Proxy.newProxyInstance(
                Vertx.class.getClassLoader(),
                new Class<?>[] {Vertx.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "setTimer" -> {
                        long due = nowMillis + (long) arguments[0];
                        assertThat(timers.put(due, (Handler<Long>) arguments[1]))
                                .isNull();
                        yield due;
                    }
                    case "cancelTimer" -> timers.remove((long) arguments[0]) != null;
                    default -> throw new UnsupportedOperationException(method.toString());
                });
    }
}
