package io.eventsync.client.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BlockingTest {
    @Test
    void awaitAnswers_orThrowsWhatFailed() throws InterruptedException {
        RuntimeException failure = new IllegalStateException("no");

        assertThat(Blocking.await(Future.succeededFuture(7))).isEqualTo(7);
        assertThatThrownBy(() -> Blocking.await(Future.failedFuture(failure))).isSameAs(failure);
    }

    @Test
    void awaitIsInterruptible() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Blocking.await(Promise.promise().future())).isInstanceOf(InterruptedException.class);
    }

    @Test
    void eventLoopIsRefused() throws Exception {
        Vertx vertx = Vertx.vertx();
        Promise<Throwable> thrown = Promise.promise();
        vertx.runOnContext(v -> {
            try {
                Blocking.refuseOnEventLoop();
                thrown.complete(new AssertionError("allowed"));
            } catch (IllegalStateException e) {
                thrown.complete(e);
            }
        });

        assertThat(Blocking.await(thrown.future())).hasMessageContaining("event loop");
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void firstFailureHasTheOthers() {
        RuntimeException first = new IllegalStateException("1");
        RuntimeException second = new IllegalStateException("2");

        assertThat(Blocking.results(List.of(Future.succeededFuture("a"), Future.succeededFuture("b"))))
                .containsExactly("a", "b");
        assertThatThrownBy(() -> Blocking.results(
                        List.of(Future.succeededFuture("a"), Future.failedFuture(first), Future.failedFuture(second))))
                .isSameAs(first)
                .hasSuppressedException(second);
    }
}
