package io.eventsync.server.delivery;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stream of closed attempts: reads on while there are more, then looks again every so often. On one context. */
final class AttemptWatch {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptWatch.class);
    private static final long LOOK_MILLIS = 200;
    private static final int LOOK_MAX = 1_000;
    private static final long CATCHING_UP_NANOS_MAX = Duration.ofSeconds(1).toNanos();

    private final Vertx vertx;
    private final Context context;
    private final AuditStore audit;
    private final InstantSource clock;
    private final AttemptWatches.Request request;
    private final Predicate<AttemptRow> matches;
    private final AttemptSink sink;
    private final Duration ageMax;
    private final long beginNanos = System.nanoTime();
    private final Consumer<AttemptWatch> onEnd;
    private long number;
    private long lastFrameNanos;
    private boolean wasLive;
    private boolean isOver;

    AttemptWatch(
            Vertx vertx,
            Context context,
            AuditStore audit,
            InstantSource clock,
            AttemptWatches.Request request,
            Predicate<AttemptRow> matches,
            AttemptSink sink,
            long number,
            Duration ageMax,
            Consumer<AttemptWatch> onEnd) {
        this.vertx = vertx;
        this.context = context;
        this.audit = audit;
        this.clock = clock;
        this.request = request;
        this.matches = matches;
        this.sink = sink;
        this.number = number;
        this.ageMax = ageMax;
        this.onEnd = onEnd;
    }

    Context context() {
        return context;
    }

    void begin(Optional<Long> gapBefore) {
        lastFrameNanos = System.nanoTime();
        sink.started(number);
        gapBefore.ifPresent(earliest -> sink.gap(number, earliest));
        look();
    }

    private void look() {
        if (isOver) {
            return;
        }
        if (!ageMax.isZero() && System.nanoTime() - beginNanos >= ageMax.toNanos()) {
            end(Duration.ZERO, sink::end);
            return;
        }
        if (sink.isFull()) {
            sink.onDrain(() -> context.runOnContext(v -> look()));
            return;
        }
        long throughMicros = clock.millis() * 1_000;
        audit.closedAfter(number, Math.max(request.batchMax(), LOOK_MAX))
                .onComplete(found -> take(found, throughMicros), e -> {
                    LOG.debug("reading attempts failed cause={} next=again", e.getMessage());
                    later();
                });
    }

    private void take(List<AuditStore.Closed> found, long throughMicros) {
        if (isOver) {
            return;
        }
        List<AttemptRow> batch = new ArrayList<>();
        for (AuditStore.Closed closed : found) {
            number = closed.number();
            Optional<AttemptRow> attempt = closed.attempt().filter(matches);
            if (attempt.isPresent()) {
                batch.add(attempt.get());
                if (batch.size() == request.batchMax()) {
                    send(batch);
                    batch = new ArrayList<>();
                }
            }
        }
        if (!batch.isEmpty()) {
            send(batch);
        }
        if (found.isEmpty()) {
            if (!wasLive || isSilentFor(request.heartbeat().toNanos())) {
                wasLive = true;
                lastFrameNanos = System.nanoTime();
                sink.progress(number, true, throughMicros);
            }
            later();
            return;
        }
        wasLive = false;
        if (isSilentFor(CATCHING_UP_NANOS_MAX)) {
            lastFrameNanos = System.nanoTime();
            sink.progress(number, false, found.get(found.size() - 1).closedMicros());
        }
        look();
    }

    private void send(List<AttemptRow> batch) {
        lastFrameNanos = System.nanoTime();
        sink.batch(number, batch);
    }

    private boolean isSilentFor(long nanos) {
        return System.nanoTime() - lastFrameNanos >= nanos;
    }

    private void later() {
        vertx.setTimer(LOOK_MILLIS, t -> look());
    }

    void drain(Duration retryAfter) {
        end(retryAfter, () -> sink.fail(AttemptWatches.draining()));
    }

    private void end(Duration retryAfter, Runnable last) {
        if (!isOver) {
            sink.draining(number, retryAfter);
            gone();
            last.run();
        }
    }

    /** The client is gone. */
    void gone() {
        isOver = true;
        onEnd.accept(this);
    }
}
