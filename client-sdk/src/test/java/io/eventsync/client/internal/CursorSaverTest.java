package io.eventsync.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.eventsync.client.CursorStore;
import io.eventsync.client.EventSyncException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CursorSaverTest {
    private final TestLoop loop = new TestLoop();
    private final List<String> saves = new ArrayList<>();
    private final List<Throwable> refused = new ArrayList<>();
    private @Nullable RuntimeException failure;
    private int tries;
    private String cursor = "c0";
    private final CursorSaver saver = new CursorSaver(
            loop,
            new CursorStore() {
                @Override
                public Optional<String> load(String name) {
                    return saves.isEmpty() ? Optional.empty() : Optional.of(saves.get(saves.size() - 1));
                }

                @Override
                public void save(String name, String text) {
                    tries++;
                    if (failure != null) {
                        throw failure;
                    }
                    saves.add(text);
                }
            },
            "r",
            new CursorSaver.Pace(
                    10,
                    Duration.ofSeconds(1),
                    new FullJitter(Duration.ofMillis(10), Duration.ofMillis(100)),
                    new Random(1)),
            () -> cursor,
            refused::add);

    @Test
    void saves_afterSoManyEvents_orSoLong() {
        for (int i = 1; i <= 25; i++) {
            cursor = "c" + i;
            saver.moved(1);
        }
        assertThat(saves).containsExactly("c10", "c20");

        loop.pass(1_000);

        assertThat(saves).containsExactly("c10", "c20", "c25");
        loop.pass(10_000);
        assertThat(saves).hasSize(3);
        assertThat(loop.timers()).isZero();
    }

    @Test
    void close_savesWhatIsLeft() {
        cursor = "c3";
        saver.moved(3);

        assertThat(saver.close().succeeded()).isTrue();

        assertThat(saves).containsExactly("c3");
        assertThat(loop.timers()).isZero();
    }

    @Test
    void failedSave_isTriedAgain_withTheNewestCursor() {
        failure = new IllegalStateException("away");
        cursor = "c1";
        Future<Void> saved = saver.save();
        loop.pass(500);
        assertThat(saved.isComplete()).isFalse();

        failure = null;
        cursor = "c2";
        loop.pass(200);

        assertThat(saved.succeeded()).isTrue();
        assertThat(saves).containsExactly("c2");
        assertThat(refused).isEmpty();
    }

    @Test
    void refusedSave_isNotTriedAgain() {
        failure = refusal();

        Future<Void> saved = saver.save();

        assertThat(saved.failed()).isTrue();
        assertThat(refused).containsExactly(failure);
        loop.pass(10_000);
        assertThat(refused).hasSize(1);
    }

    @Test
    void close_failsRatherThanTriesForEver() {
        failure = new IllegalStateException("away");
        saver.moved(1);

        assertThat(saver.close().cause()).isSameAs(failure);
        assertThat(loop.timers()).isZero();
    }

    /** As a subscription does that ends over the failure. */
    @Test
    void refusedSave_failsAllThatWait_thoughOneOfThemCloses() {
        loop.hold();
        failure = refusal();
        Future<Void> first = saver.save();
        List<Future<Void>> closed = new ArrayList<>();
        cursor = "c1";
        Future<Void> second = saver.save().onFailure(refused -> closed.add(saver.close()));
        Future<Void> third = saver.save();

        loop.release();
        assertThat(List.of(first, second, third)).allMatch(Future::failed);
        loop.release();

        assertThat(closed).singleElement().matches(Future::failed);
        assertThat(loop.held()).isZero();
    }

    @Test
    void saves_areMadeOneByOne_whenOneThatIsDoneBeginsAnother() {
        loop.hold();
        cursor = "c1";
        saver.save().onSuccess(done -> {
            cursor = "c2";
            saver.save();
            cursor = "c3";
        });

        loop.release();
        loop.pass(10_000);
        assertThat(loop.held()).isEqualTo(1);
        loop.release();
        loop.pass(10_000);
        loop.release();

        assertThat(saves).containsExactly("c1", "c2", "c3");
        assertThat(loop.held() + loop.timers()).isZero();
    }

    @Test
    void failedSave_waitsForItsTime_howManyEventsSoeverCome() {
        failure = new IllegalStateException("away");
        cursor = "c1";
        for (int i = 0; i < 1_000; i++) {
            saver.moved(1);
            saver.save();
        }
        assertThat(tries).isEqualTo(1);

        failure = null;
        loop.pass(100);

        assertThat(saves).containsExactly("c1");
    }

    @Test
    void refusedSave_leavesNoPause_forTheNext() {
        failure = new IllegalStateException("away");
        cursor = "c1";
        saver.save();
        failure = refusal();
        loop.pass(100);
        assertThat(refused).hasSize(1);

        failure = null;
        Future<Void> saved = saver.save();

        assertThat(saved.succeeded()).isTrue();
    }

    @Test
    void close_savesTheNewestCursor_whenTheSaveBeforeItFails() {
        loop.hold();
        cursor = "c1";
        saver.save();
        cursor = "c2";
        Future<Void> closed = saver.close();

        failure = new IllegalStateException("away");
        loop.release();
        failure = null;
        loop.release();

        assertThat(closed.succeeded()).isTrue();
        assertThat(saves).containsExactly("c2");
    }

    private static EventSyncException refusal() {
        return new EventSyncException(
                new EventSyncException.ServerError(
                        Code.FAILED_PRECONDITION, "CURSOR_BACKWARDS", "", Map.of(), List.of(), Optional.empty()),
                null);
    }
}
