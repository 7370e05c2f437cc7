package io.eventsync.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VertxLoopTest {
    private final Vertx vertx = Vertx.vertx();
    private final CompletableFuture<Boolean> isOnLoop = new CompletableFuture<>();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void task_isRunOnTheLoop_whenWorkThatBlocksAsksForIt() throws Exception {
        vertx.getOrCreateContext().runOnContext(v -> {
            VertxLoop loop = VertxLoop.of(vertx);
            vertx.executeBlocking(() -> {
                        loop.run(() -> isOnLoop.complete(Context.isOnEventLoopThread()));
                        return true;
                    })
                    .onFailure(isOnLoop::completeExceptionally);
        });

        assertThat(isOnLoop.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void task_isRunAtOnce_onTheLoopItself() throws Exception {
        vertx.getOrCreateContext().runOnContext(v -> {
            boolean[] isRun = {false};
            VertxLoop.of(vertx).run(() -> isRun[0] = true);
            isOnLoop.complete(isRun[0]);
        });

        assertThat(isOnLoop.get(10, TimeUnit.SECONDS)).isTrue();
    }
}
