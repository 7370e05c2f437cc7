package io.eventsync.client.internal.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RoomTest {
    private final Room room = new Room(4, 1_000);

    @Test
    void takesNoMoreThanItHas() {
        assertThat(room.take(400)).isTrue();
        assertThat(room.take(700)).isFalse();
        assertThat(room.take(600)).isTrue();
        assertThat(room.isFull()).isTrue();
        room.release(600);
        take(3);
        assertThat(room.take(1)).isFalse();
    }

    @Test
    void wakesAtHalf_andAtOnceIfItIsDrained() {
        take(4);
        Future<Void> drained = room.drained();
        room.release(1);
        assertThat(drained.isComplete()).isFalse();
        room.release(1);

        assertThat(drained.isComplete()).isTrue();
        assertThat(room.drained().isComplete()).isTrue();
    }

    @Test
    void whoIsWokenMayFillItAgain() {
        AtomicInteger woken = new AtomicInteger();
        take(4);
        fillAgain(woken);
        room.release(1);
        room.release(1);

        assertThat(woken).hasValue(1);
        assertThat(room.isFull()).isTrue();
    }

    private void fillAgain(AtomicInteger woken) {
        Future<Void> filled = room.drained().onSuccess(drained -> {
            woken.incrementAndGet();
            take(2);
            fillAgain(woken);
        });
        assertThat(filled.failed()).isFalse();
    }

    private void take(int events) {
        for (int i = 0; i < events; i++) {
            assertThat(room.take(1)).isTrue();
        }
    }
}
