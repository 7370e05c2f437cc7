package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ConnectionQueueTest {
    private static final long PIECE = ConnectionQueue.HANDED_BYTES_MAX / 4;

    private final Deque<Handler<Long>> timers = new ArrayDeque<>();
    private final Deque<Handler<Void>> tasks = new ArrayDeque<>();
    private final Map<String, Promise<Void>> handed = new LinkedHashMap<>();
    private final List<String> written = new ArrayList<>();
    private boolean hasRoom = true;
    private final ConnectionQueue queue = new ConnectionQueue(vertx(), () -> hasRoom);

    @SuppressWarnings("unchecked") // the only form in use
    private Vertx vertx() {
        return (Vertx) Proxy.newProxyInstance(
                Vertx.class.getClassLoader(), new Class<?>[] {Vertx.class}, (self, method, arguments) -> {
                    switch (method.getName()) {
                        case "setTimer" -> timers.add((Handler<Long>) arguments[1]);
                        case "runOnContext" -> tasks.add((Handler<Void>) arguments[0]);
                        default -> throw new UnsupportedOperationException(method.toString());
                    }
                    return method.getName().equals("setTimer") ? 1L : null;
                });
    }

    private void write(String what) {
        write(what, PIECE);
    }

    private void write(String what, long bytes) {
        Object unused = queue.write(bytes, () -> {
                    Promise<Void> promise = Promise.promise();
                    handed.put(what, promise);
                    return promise.future();
                })
                .onSuccess(v -> written.add(what));
    }

    private Promise<Void> handedOn(String what) {
        return Objects.requireNonNull(handed.get(what), what);
    }

    /** The socket takes it. */
    private void taken(String... what) {
        for (String one : what) {
            handedOn(one).complete();
        }
        runTasks();
    }

    private void runTasks() {
        while (!tasks.isEmpty()) {
            tasks.remove().handle(null);
        }
    }

    private void writeAll(String... what) {
        for (String one : what) {
            write(one);
        }
    }

    @Test
    void noMoreIsHanded_thanTheSocketTakesAtOnce_andTheRestFollowsInTheOrderOfWriting() {
        writeAll("a1", "b1", "a2", "a3", "a4", "b2", "c1");
        assertThat(handed).containsOnlyKeys("a1", "b1", "a2", "a3");

        taken("a1", "a2");
        assertThat(handed).containsOnlyKeys("a1", "b1", "a2", "a3", "a4", "b2");

        taken("b1");
        taken("a3", "a4", "b2", "c1");
        assertThat(written).containsExactly("a1", "a2", "b1", "a3", "a4", "b2", "c1");
    }

    /** The transport is in the middle of sharing out what the socket takes. */
    @Test
    void nothingIsHandedOn_whileTheTransportSaysWhatIsWritten() {
        writeAll("a1", "a2", "a3", "a4", "b1", "b2");

        handedOn("a1").complete();
        handedOn("a2").complete();

        assertThat(handed).doesNotContainKey("b1");
        assertThat(tasks).hasSize(1);
        runTasks();
        assertThat(handed).containsKeys("b1", "b2");
    }

    @Test
    void whoComesLater_doesNotOvertakeWhoWaits() {
        writeAll("a1", "a2", "a3", "a4", "b1");
        taken("a1", "a2", "a3");
        assertThat(handed).containsKey("b1");

        writeAll("c1", "c2", "c3", "c4");
        write("d1");
        taken("b1");

        assertThat(handed).containsKeys("c1", "c2", "c3").doesNotContainKey("d1");
    }

    /** It has a window of its own that is used up. */
    @Test
    void streamWhoseClientTakesNothing_isNotWaitedFor_onceMuchHasOvertakenIt() {
        write("stuck", ConnectionQueue.HANDED_BYTES_MAX - PIECE);
        long pieces = ConnectionQueue.OVERTAKEN_BYTES_MAX / PIECE + 1;
        for (int i = 0; i < pieces; i++) {
            write("a" + i);
            assertThat(handed).containsKey("a" + i);
            taken("a" + i);
        }

        writeAll("b1", "b2", "b3", "b4", "b5");

        assertThat(handed).containsKeys("b1", "b2", "b3", "b4").doesNotContainKey("b5");
        taken("stuck");
        assertThat(handed).doesNotContainKey("b5");
    }

    /** All streams wait for the client then, and what the transport has it gives to those that were opened first. */
    @Test
    void noMoreIsHanded_whileTheConnectionAsAWholeTakesNothing() {
        hasRoom = false;
        writeAll("a1", "a2", "a3", "a4", "b1");

        timers.remove().handle(1L);
        timers.remove().handle(1L);
        assertThat(handed).doesNotContainKey("b1");

        hasRoom = true;
        timers.remove().handle(1L);
        assertThat(handed).containsKey("b1");
    }

    @Test
    void whereNothingIsTaken_moreAndMoreIsHandedOn_untilSomethingIs() {
        write("stuck", ConnectionQueue.HANDED_BYTES_MAX);
        for (int i = 0; i < 20; i++) {
            write("a" + i);
        }
        assertThat(handed).containsOnlyKeys("stuck");

        timers.remove().handle(1L);
        assertThat(handed).hasSize(1 + 8).containsKey("a7");

        taken("a0");
        assertThat(handed).hasSize(1 + 8);
        taken("a1", "a2", "a3", "a4");
        assertThat(handed).hasSize(1 + 9);
    }

    @Test
    void whoReads_isNotHeldUp_byOthersWhoseWindowsAreUsedUpNowAndThen() {
        write("slow", ConnectionQueue.HANDED_BYTES_MAX);
        write("stuck", 2 * ConnectionQueue.HANDED_BYTES_MAX);
        timers.remove().handle(1L);
        assertThat(handed).containsOnlyKeys("slow", "stuck");

        write("live", 200);
        taken("slow");
        timers.remove().handle(1L);

        assertThat(handed).containsKey("live");
    }

    @Test
    void failedAndLateWrites_makeRoomToo() {
        writeAll("a1", "a2", "a3", "a4");
        Future<Void> late = queue.write(PIECE, () -> {
            throw new IllegalStateException("reset");
        });
        write("b");

        handedOn("a1").fail("reset");
        runTasks();

        assertThat(late.failed()).isTrue();
        assertThat(handed).containsKey("b");
    }

    @Test
    void lastStreamThatCloses_isTold() {
        queue.opened();
        queue.opened();

        assertThat(queue.closed()).isFalse();
        assertThat(queue.closed()).isTrue();
    }
}
