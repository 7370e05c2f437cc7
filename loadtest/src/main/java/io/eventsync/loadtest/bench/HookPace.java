package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.rpc.Connection;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Ingests at a fixed rate, each event in a call of its own, and knows when each call began. */
final class HookPace extends VerticleBase {

    private static final long TICK_MILLIS = 1;
    private static final Duration FINISH_MAX = Duration.ofSeconds(60);

    private final Connection connection;
    private final EventTemplate template;
    private final double rate;
    private final long[] startMicros;
    private final Promise<Void> done = Promise.promise();
    private final Clock clock = Clock.systemUTC();
    private long fromNanos;
    private int sent;
    private int answered;
    private int failed;

    HookPace(Connection connection, EventTemplate template, double rate, int count) {
        this.connection = connection;
        this.template = template;
        this.rate = rate;
        this.startMicros = new long[count];
    }

    /** Blocks until all are acknowledged; answers when each call began, in microseconds since 1970. */
    long[] run() {
        context.runOnContext(ignored -> {
            fromNanos = System.nanoTime();
            tick();
        });
        long millis = Math.round(startMicros.length / rate * 1_000);
        Edge.awaitDone(done.future(), FINISH_MAX.plusMillis(millis));
        return startMicros;
    }

    private void tick() {
        long due = Math.round((System.nanoTime() - fromNanos) / 1e9 * rate);
        while (sent < startMicros.length && sent < due) {
            send(sent++);
        }
        if (sent < startMicros.length) {
            vertx.setTimer(TICK_MILLIS, id -> tick());
        }
    }

    private void send(int number) {
        Instant now = clock.instant();
        startMicros[number] = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
        Future<Integer> answer = new UnaryLane(connection, template, () -> number).send();
        answer.onComplete((ok, failure) -> {
            failed += failure == null ? 0 : 1;
            if (++answered == startMicros.length) {
                if (failed > 0) {
                    done.fail(new IllegalStateException(failed + " events were not taken"));
                } else {
                    done.complete();
                }
            }
        });
    }
}
