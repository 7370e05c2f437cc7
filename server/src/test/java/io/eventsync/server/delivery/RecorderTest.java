package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RecorderTest {
    private final List<String> said = new ArrayList<>();
    private final List<Promise<Set<Long>>> records = new ArrayList<>();
    private final List<Handler<Void>> tasks = new ArrayList<>();
    private final SteadyClock clock = new SteadyClock(() -> 0);
    private final Recorder recorder = new Recorder(
            vertx(),
            turn -> {
                said.add("write");
                records.add(Promise.promise());
                return records.get(records.size() - 1).future();
            },
            new UUID(0, 1),
            clock,
            new DeliveryMeters(new SimpleMeterRegistry(), () -> 0),
            new Sender());
    private final EndpointRun run = new TestRun().start();

    /** Says what it was told; loses its endpoint as a node does. */
    private final class Sender implements Recorder.Listener {
        @Override
        public void beforeRecord(Set<EndpointRun> runs) {}

        @Override
        public void notStarted(List<Attempt> attempts) {
            attempts.forEach(attempt -> said.add("do not send"));
        }

        @Override
        public void recorded(Turn turn, Set<Long> lost) {
            if (lost.contains(run.handle().id())) {
                said.add("lose");
                run.lose();
            } else {
                turn.starts().forEach(start -> said.add("send"));
            }
        }
    }

    @SuppressWarnings("unchecked") // the only form in use
    private Vertx vertx() {
        return (Vertx) Proxy.newProxyInstance(
                Vertx.class.getClassLoader(), new Class<?>[] {Vertx.class}, (self, method, arguments) -> {
                    if (!method.getName().equals("runOnContext")) {
                        throw new UnsupportedOperationException(method.toString());
                    }
                    tasks.add((Handler<Void>) arguments[0]);
                    return null;
                });
    }

    private void start(long position) {
        Delivery delivery = TestRun.row(position, "", false, 0, 0);
        recorder.start(run, new Attempt(new UUID(0, position), List.of(delivery)));
    }

    private void runTasks() {
        List<Handler<Void>> due = List.copyOf(tasks);
        tasks.clear();
        due.forEach(task -> task.handle(null));
    }

    @Test
    void nextTurn_isOnItsWay_beforeTheRequestsOfTheLastOneAreMade() {
        start(1);
        runTasks();
        start(2);
        assertThat(said).containsExactly("write");

        records.get(0).complete(Set.of());

        assertThat(said).containsExactly("write", "write", "send");
        runTasks();
        records.get(1).complete(Set.of());
        assertThat(said).containsExactly("write", "write", "send", "send");
    }

    @Test
    void endpointThatWasLost_startsNothingInTheNextTurn() {
        start(1);
        runTasks();
        start(2);

        records.get(0).complete(Set.of(run.handle().id()));
        runTasks();

        assertThat(said).startsWith("write", "lose").contains("do not send").doesNotContain("send");
    }

    @Test
    void turnThatComesBackTooLate_isNotSent() {
        start(1);
        runTasks();

        recorder.close();
        records.get(0).complete(Set.of());

        assertThat(said).containsExactly("write");
    }

    @Test
    void whoWaits_isToldOnceItsTurnIsOnRecord_whateverIsOnItsWayByThen() {
        start(1);
        runTasks();
        Future<Void> first = recorder.recorded();
        start(2);
        Future<Void> second = recorder.recorded();

        records.get(0).complete(Set.of());

        assertThat(first.isComplete()).isTrue();
        assertThat(second.isComplete()).isFalse();
        assertThat(recorder.recordedTurn()).isEqualTo(1);
        records.get(1).complete(Set.of());
        assertThat(second.isComplete()).isTrue();
        assertThat(recorder.recordedTurn()).isEqualTo(2);
    }
}
