package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamLimitsTest {
    private static final int MAX = 1_000;

    private final Object connection = new Object();
    private final List<Integer> told = new ArrayList<>();
    private Future<Void> obeyed = Future.succeededFuture();
    private final StreamLimits<Object> limits = new StreamLimits<>(MAX, (to, streams) -> {
        told.add(streams);
        return obeyed;
    });

    @Test
    void connection_isAllowedHalfOfWhatItHasOpen_whenACallIsShed() {
        begin(200);

        limits.ended(connection, false, true);

        assertThat(told).containsExactly(100);
    }

    @Test
    void manyRefusalsAtOnce_countAsOne_andGoingOnHalvesAgain() {
        begin(200);
        shed(50);
        assertThat(told).containsExactly(100);

        limits.tick();
        assertThat(told).containsExactly(100);
        shed(1);

        assertThat(told).containsExactly(100, 50);
    }

    @Test
    void some_areAllowedAlways() {
        begin(20);

        shed(1);

        assertThat(told).containsExactly(16);
    }

    @Test
    void longStreams_comeOnTop() {
        for (int i = 0; i < 300; i++) {
            limits.began(connection, true);
        }
        begin(100);

        shed(1);

        assertThat(told).containsExactly(350);
    }

    @Test
    void allowance_growsSlowlyWhileItIsUsed() {
        begin(200);
        shed(100);
        limits.tick();

        limits.tick();
        limits.tick();

        assertThat(told).containsExactly(100, 103, 106);
    }

    @Test
    void allowance_isWholeAgainSoon_onceItIsNotUsed_andNothingIsKept() {
        begin(200);
        shed(200);

        while (limits.isLimiting()) {
            limits.tick();
        }

        assertThat(told).containsExactly(100, 200, 400, 800, MAX);
        assertThat(limits.connections()).isZero();
    }

    /** Else a peer that never answers would be sent, and the server would keep, one more with each tick. */
    @Test
    void peerIsNotToldMore_beforeItObeysTheLast() {
        Promise<Void> slow = Promise.promise();
        obeyed = slow.future();
        begin(200);
        shed(100);
        limits.tick();
        limits.tick();
        assertThat(told).containsExactly(100);

        slow.complete();
        limits.tick();

        assertThat(told).hasSize(2);
    }

    @Test
    void nothingIsKept_ofAConnectionThatIsGone() {
        obeyed = Promise.<Void>promise().future();
        begin(200);
        shed(200);

        limits.closed(connection);

        assertThat(limits.connections()).isZero();
    }

    @Test
    void nothingIsTold_whileNothingIsShed() {
        begin(MAX);
        for (int i = 0; i < MAX; i++) {
            limits.ended(connection, false, false);
        }
        limits.tick();

        assertThat(told).isEmpty();
        assertThat(limits.connections()).isZero();
    }

    private void begin(int calls) {
        for (int i = 0; i < calls; i++) {
            limits.began(connection, false);
        }
    }

    private void shed(int calls) {
        for (int i = 0; i < calls; i++) {
            limits.ended(connection, false, true);
        }
    }
}
