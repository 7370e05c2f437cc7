package io.eventsync.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.eventsync.client.internal.Place;
import io.eventsync.client.internal.TestLoop;
import io.eventsync.v1.Event;
import io.eventsync.v1.SubscribeResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A reader in random histories against what it is: whatever happens to streams, every matching event comes once and in order; whatever happens
 * to the process, reading goes on right after what was saved.
 */
class SubscriptionModelTest {
    private static final int HISTORIES = 500;
    private static final int STEPS = 200;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void reader_losesAndRepeatsNothing_whateverHappens(long suite) {
        Random seeds = new Random(suite);
        for (int i = 0; i < HISTORIES; i++) {
            long seed = seeds.nextLong();
            try {
                new History(seed).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("history with seed " + seed + "L: " + e.getMessage(), e);
            }
        }
    }

    private static final class History {
        private final Random random;
        private final TestLoop loop = new TestLoop();
        private final TestLog log = new TestLog();
        private final CursorStore store = CursorStore.memory();
        private final boolean isSavingEach;
        private final boolean isByBatch;
        /** What the reader was given since it began, in this process. */
        private List<Long> delivered = new ArrayList<>();

        private long begun;
        private long processed;
        private @Nullable Promise<Void> working;
        private long workingOn;
        private Subscription subscription;

        History(long seed) {
            random = new Random(seed);
            isSavingEach = random.nextBoolean();
            isByBatch = random.nextInt(3) == 0;
            subscription = begin();
        }

        private Subscription begin() {
            ReadOptions options = ReadOptions.all()
                    .keepCursor(store, "r")
                    .heartbeat(Duration.ofSeconds(2))
                    .saveEvery(isSavingEach ? 1 : 5, Duration.ofSeconds(1));
            Subscription next =
                    new Subscription(loop, log, options, Duration.ofSeconds(5), new Random(random.nextLong()));
            delivered = new ArrayList<>();
            begun = saved();
            processed = begun;
            working = null;
            return isByBatch
                    ? next.processBatches(page ->
                            work(page.events().stream().map(Event::getPosition).toList()))
                    : next.process(event -> work(List.of(event.getPosition())));
        }

        private Future<Void> work(List<Long> positions) {
            assertThat(working).as("one at a time").isNull();
            delivered.addAll(positions);
            Promise<Void> promise = Promise.promise();
            working = promise;
            workingOn = positions.get(positions.size() - 1);
            return promise.future();
        }

        /** Everything up to here needs not come again. */
        private long saved() {
            Place place = Place.parse(store.load("r").orElse("c0"));
            return Math.max(Long.parseLong(place.cursor().substring(1)), place.position());
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                step();
                check();
            }
            rest();
        }

        private void step() {
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> log.append(random.nextInt(3) > 0);
                case 3, 4, 5, 6 -> log.current().ifPresent(stream -> stream.send(random));
                case 7, 8, 9 -> finishWork();
                case 10 -> loop.pass(random.nextInt(4_000));
                case 11 -> log.current().ifPresent(this::fault);
                case 12 -> loop.settle();
                default -> {
                    if (random.nextInt(10) == 0) {
                        restart();
                    }
                }
            }
        }

        private void finishWork() {
            Promise<Void> done = working;
            if (done != null) {
                working = null;
                processed = workingOn;
                done.complete();
                if (isSavingEach) {
                    assertThat(saved()).as("saved before the next event").isGreaterThanOrEqualTo(processed);
                }
            }
        }

        private void fault(TestLog.Open stream) {
            switch (random.nextInt(4)) {
                case 0 -> stream.end(null);
                case 1 -> stream.end(TestLog.failure(Code.UNAVAILABLE, ""));
                case 2 -> {
                    if (stream.isWanted()) {
                        stream.frame(SubscribeResponse.newBuilder()
                                .setDraining(SubscribeResponse.Draining.newBuilder()
                                        .setRetryAfter(com.google.protobuf.Duration.newBuilder()
                                                .setSeconds(1)))
                                .build());
                    }
                }
                default -> stream.end(TestLog.failure(Code.UNAVAILABLE, "STORE_UNAVAILABLE"));
            }
        }

        /** As a process that dies, or as one that stops in order. */
        private void restart() {
            if (random.nextBoolean()) {
                subscription.close().onComplete(done -> {});
                loop.settle();
                assertThat(saved()).as("saved by close").isGreaterThanOrEqualTo(processed);
            }
            log.streams.forEach(TestLog.Open::cancel);
            working = null;
            loop.forget();
            subscription = begin();
        }

        private void check() {
            List<Long> expected = log.matching.stream()
                    .filter(position -> position > begun)
                    .limit(delivered.size())
                    .toList();
            assertThat(delivered).isEqualTo(expected);
            assertThat(saved())
                    .as("nothing unprocessed is saved")
                    .isLessThanOrEqualTo(log.matching.stream()
                                    .filter(p -> p > processed)
                                    .findFirst()
                                    .orElse(log.head + 1)
                            - 1);
            assertThat(log.streams.stream().filter(stream -> !stream.isOver).count())
                    .isLessThanOrEqualTo(1);
        }

        /** In the end everything was read. */
        private void rest() {
            for (int i = 0; i < 2_000 && !isAtRest(); i++) {
                log.current().ifPresent(stream -> stream.send(random));
                finishWork();
                loop.pass(log.current().isPresent() ? 1 : 1_000);
            }
            check();
            assertThat(isAtRest()).as("at rest: " + subscription.state()).isTrue();
            subscription.close().onComplete(done -> {});
            loop.settle();
            assertThat(saved()).isEqualTo(log.head);
        }

        private boolean isAtRest() {
            long last = log.matching.isEmpty() ? 0 : log.matching.get(log.matching.size() - 1);
            return processed >= last
                    && log.current().map(TestLog.Open::isLive).orElse(false)
                    && subscription.cursor().equals("c" + log.head);
        }
    }
}
