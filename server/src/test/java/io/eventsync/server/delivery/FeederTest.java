package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.TestLog;
import io.eventsync.server.failure.Failure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FeederTest {
    /** As many as read at once. */
    private static final int SLOW = 4;

    private final Deque<Runnable> replies = new ArrayDeque<>();
    private final TestLog log = new TestLog(1, replies::add);
    private final List<Integer> depths = new ArrayList<>();
    private final Feeder feeder = new Feeder(vertx(), log, new SteadyClock(() -> 0), new Feeder.Listener() {
        @Override
        public void fed(Assignment assignment) {
            depths.add(new Throwable().getStackTrace().length);
        }

        @Override
        public void expired(Assignment assignment, Failure cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void foreign(Assignment assignment) {
            throw new AssertionError();
        }
    });

    /** Or a few thousand that came to a node at once would be too many for the stack. */
    @Test
    void endpointsThatAreReadForAtOnce_areReadForOneAfterTheOther_notOneInsideTheOther() {
        IntStream.rangeClosed(1, 20).forEach(i -> log.append("A", "k"));
        IntStream.range(0, SLOW).forEach(i -> feeder.want(endpoint(LogPoint.BEGINNING)));
        for (int i = 0; i < 100; i++) {
            feeder.want(endpoint(log.head()));
        }
        assertThat(depths).isEmpty();

        replies.remove().run();

        assertThat(depths).hasSize(101);
        assertThat(depths.subList(0, 100)).as("all but the slow one").containsOnly(depths.get(0));
    }

    @Test
    void feeder_isWokenForNewEvents_onlyWhileAnEndpointKeepsUp() {
        IntStream.rangeClosed(1, 20).forEach(i -> log.append("A", "k"));
        assertThat(feeder.sleeps()).isTrue();
        Assignment assignment = endpoint(log.head());

        feeder.want(assignment);
        assertThat(feeder.sleeps()).isFalse();
        log.append("A", "k");
        feeder.advance();

        assertThat(assignment.isLive).isTrue();
        assertThat(assignment.run().read()).isEqualTo(log.head());
        feeder.remove(assignment);
        assertThat(feeder.sleeps()).isTrue();
    }

    private static Assignment endpoint(LogPoint start) {
        TestRun test = new TestRun();
        test.start = start;
        return new Assignment(test.start(), attempt -> Future.failedFuture("nothing is sent here"), 0);
    }

    private static Vertx vertx() {
        return (Vertx) Proxy.newProxyInstance(
                Vertx.class.getClassLoader(), new Class<?>[] {Vertx.class}, (self, method, arguments) -> {
                    throw new UnsupportedOperationException(method.toString());
                });
    }
}
