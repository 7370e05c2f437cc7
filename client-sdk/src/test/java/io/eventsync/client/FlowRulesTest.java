package io.eventsync.client;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.eventsync.client.internal.StreamSource;
import io.eventsync.client.internal.TestFrames;
import io.eventsync.client.internal.VertxLoop;
import io.eventsync.v1.Event;
import io.eventsync.v1.SubscribeRequest;
import io.vertx.core.Vertx;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.SkipException;

/** The rules of Reactive Streams for publishers, by their own test kit. */
@Timeout(60)
class FlowRulesTest {
    private static final Vertx VERTX = Vertx.vertx();

    private static final List<Subscription> OPEN = new CopyOnWriteArrayList<>();

    @AfterAll
    static void close() throws Exception {
        VERTX.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @TestFactory
    List<DynamicTest> rules() {
        return Arrays.stream(FlowPublisherVerification.class.getMethods())
                .filter(method -> method.isAnnotationPresent(org.testng.annotations.Test.class))
                .map(method -> dynamicTest(method.getName(), () -> run(method)))
                .toList();
    }

    private static void run(Method rule) throws Throwable {
        Verification verification = new Verification();
        verification.setUp();
        try {
            rule.invoke(verification);
        } catch (InvocationTargetException e) {
            Assumptions.assumeFalse(e.getCause() instanceof SkipException, "not for a publisher without an end");
            throw e.getCause();
        } finally {
            OPEN.forEach(subscription -> subscription.close().onComplete(done -> {}));
            OPEN.clear();
        }
    }

    private static Subscription subscription() {
        Subscription subscription = new Subscription(
                VertxLoop.of(VERTX), new Endless(), ReadOptions.all(), Duration.ofSeconds(5), new Random(1));
        OPEN.add(subscription);
        return subscription;
    }

    /** Subject of the kit. */
    private static final class Verification extends FlowPublisherVerification<Event> {
        Verification() {
            super(new TestEnvironment(500, 100), 1_000);
        }

        @Override
        public Flow.Publisher<Event> createFlowPublisher(long elements) {
            return subscription();
        }

        @Override
        public Flow.Publisher<Event> createFailedFlowPublisher() {
            return subscription().pause().handler(event -> {});
        }

        @Override
        public long maxElementsFromPublisher() {
            return publisherUnableToSignalOnComplete();
        }
    }

    /** Sends as many frames of one to three events as are asked for. */
    private static final class Endless implements StreamSource {
        @Override
        public Stream open(SubscribeRequest request, Listener listener) {
            return new Stream() {
                private long position;
                private boolean isOver;

                @Override
                public void fetch(long frames) {
                    for (long i = 0; i < frames; i++) {
                        VERTX.getOrCreateContext().runOnContext(ignored -> send());
                    }
                }

                private void send() {
                    if (isOver) {
                        return;
                    }
                    if (position == 0) {
                        position = 1;
                        listener.frame(TestFrames.started("c0"));
                    } else {
                        long first = position;
                        position += 1 + first % 3;
                        listener.frame(TestFrames.batch(
                                "c" + (position - 1),
                                java.util.stream.LongStream.range(first, position)
                                        .boxed()
                                        .toList()));
                    }
                }

                @Override
                public void cancel() {
                    isOver = true;
                }

                @Override
                public void suspect() {
                    cancel();
                }
            };
        }
    }
}
