package io.eventsync.client.internal.publish;

import io.eventsync.client.EventSyncException;
import io.eventsync.client.PublisherOptions;
import io.eventsync.client.internal.Failures;
import io.eventsync.v1.IngestStreamResponse;
import io.eventsync.v1.IngestStreamResponse.Ack;
import io.eventsync.v1.IngestStreamResponse.Rejected;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends what the outbox holds, on one stream after another, and gives each event its answer. All of it happens on one context.
 *
 * <p>What a lost stream leaves unanswered goes back to its place in the outbox, so the next stream sends it first and in order.
 */
final class Sender {
    /** Of streams that were refused for who we are; one may have met a token that just expired. */
    private static final int REFUSED_STREAMS_MAX = 2;

    private static final long TICK_MILLIS_MAX = 1_000;
    private static final long TICKS_PER_TIMEOUT = 10;

    private final Vertx vertx;
    private final Wire wire;
    private final PublisherOptions options;
    private final Pauses pauses;
    private final LongSupplier nanos;
    private final Outbox outbox;
    private final Asking asking;
    private @Nullable Link link;
    private boolean isOpening;
    private boolean isStopped;
    private int refusedStreams;
    private long pausedUntilNanos;
    private boolean isPaused;
    private boolean isWaiting;
    private long waitTimer;
    private long waitDueNanos;
    private boolean isTicking;

    Sender(Vertx vertx, Wire wire, PublisherOptions options, Pauses pauses, LongSupplier nanos) {
        this.vertx = vertx;
        this.wire = wire;
        this.options = options;
        this.pauses = pauses;
        this.nanos = nanos;
        this.outbox = new Outbox(options.appendEventsMax(), options.appendBytesMax(), options.linger());
        this.asking = new Asking(vertx, wire, pauses, outbox);
    }

    void add(Entry entry) {
        outbox.add(entry);
        if (isStopped) {
            entry.giveUp("the client was closed");
        }
    }

    /** Completes when all that is here now has its answer. */
    Future<Void> flush() {
        outbox.hurry();
        List<Future<?>> answers =
                outbox.unanswered().stream().<Future<?>>map(Entry::future).toList();
        return Future.join(answers).transform(settled -> Future.succeededFuture());
    }

    /** Completes when all has its answer, in time or not. */
    Future<Void> close() {
        Future<Void> flushed = flush();
        long millis = options.closeTimeout().toMillis();
        if (!flushed.isComplete()) {
            long timer = vertx.setTimer(Math.max(1, millis), id -> giveUp("the publisher was closed"));
            flushed = flushed.eventually(() -> {
                vertx.cancelTimer(timer);
                return Future.succeededFuture();
            });
        }
        return flushed.eventually(() -> {
            stop("the publisher was closed");
            return Future.succeededFuture();
        });
    }

    void stop(String why) {
        isStopped = true;
        giveUp(why);
        Link open = link;
        link = null;
        if (open != null) {
            open.end();
        }
    }

    /** Sends what can be sent. */
    void advance() {
        if (isStopped || !outbox.hasWaiting()) {
            return;
        }
        tick();
        long pause = isPaused ? pausedUntilNanos - nanos.getAsLong() : 0;
        if (pause > 0) {
            comeBack(pause);
            return;
        }
        isPaused = false;
        if (link == null) {
            open();
        }
        while (link != null && link.canSend() && outbox.hasWaiting()) {
            long linger = outbox.lingerLeftNanos(nanos.getAsLong());
            if (linger > 0) {
                comeBack(linger);
                return;
            }
            Link open = link;
            outbox.next().ifPresent(append -> open.send(append, nanos.getAsLong()));
        }
    }

    /** Comes back by then. */
    private void comeBack(long nanosLeft) {
        long due = nanos.getAsLong() + nanosLeft;
        if (isWaiting && waitDueNanos <= due) {
            return;
        }
        if (isWaiting) {
            vertx.cancelTimer(waitTimer);
        }
        isWaiting = true;
        waitDueNanos = due;
        waitTimer = vertx.setTimer(1 + Duration.ofNanos(nanosLeft).toMillis(), id -> {
            isWaiting = false;
            advance();
        });
    }

    private void open() {
        if (isOpening) {
            return;
        }
        isOpening = true;
        Ear ear = new Ear();
        wire.open(ear).onComplete((stream, failure) -> {
            isOpening = false;
            if (failure != null) {
                lost(null, Failures.of(failure, null));
            } else if (isStopped) {
                stream.cancel();
            } else {
                link = ear.of(new Link(stream, options.appendsInFlight()));
                advance();
            }
        });
    }

    /** Hears one stream; deaf once another has taken its place. */
    private final class Ear implements Wire.Listener {
        private @Nullable Link own;

        Link of(Link opened) {
            own = opened;
            return opened;
        }

        @Override
        public void message(IngestStreamResponse message) {
            if (own != null && own == link) {
                hear(own, message);
            }
        }

        @Override
        public void ended(EventSyncException why) {
            if (own != null && own == link) {
                lost(own, why);
            }
        }
    }

    private void hear(Link on, IngestStreamResponse message) {
        on.heard(nanos.getAsLong());
        switch (message.getKindCase()) {
            case OPENED -> on.credits(message.getOpened().getCredits());
            case ACK -> acknowledged(on, message.getAck());
            case REJECTED -> rejected(on, message.getRejected());
            case DRAINING -> {
                on.leave();
                com.google.protobuf.Duration after = message.getDraining().getRetryAfter();
                pause(Duration.ofSeconds(after.getSeconds(), after.getNanos()));
            }
            default -> {
                // Of a newer server, which says nothing by it that we need.
            }
        }
        if (on.isLeaving() && on.isIdle() && link == on) {
            link = null;
            on.end();
        }
        advance();
    }

    private void acknowledged(Link on, Ack ack) {
        pauses.reset();
        refusedStreams = 0;
        List<Append> finished = on.finished(ack.getThroughSequence());
        List<Receipts.Unplaced> unplaced = Receipts.complete(finished, ack);
        for (Append append : finished) {
            if (unplaced.stream().noneMatch(u -> u.append() == append)) {
                outbox.answered(append);
            }
        }
        unplaced.forEach(asking::ask);
    }

    private void rejected(Link on, Rejected rejected) {
        refusedStreams = 0;
        EventSyncException failure = Failures.of(rejected.getStatus());
        for (Append append : on.finished(rejected.getSequence())) {
            blame(append, failure);
        }
        if (failure.isRetryable()) {
            pause(failure.retryAfter().orElse(Duration.ZERO));
        }
    }

    /** Fails whom the failure is about, and sends the others again. */
    private void blame(Append append, EventSyncException failure) {
        Refusal refusal = new Refusal(failure);
        if (!refusal.isForATime()) {
            Set<Integer> guilty = refusal.guilty(append.entries().stream()
                    .map(entry -> entry.event().getId())
                    .toList());
            guilty.forEach(index -> append.entries().get(index).fail(refusal.of(index)));
            if (guilty.isEmpty()) {
                append.entries().forEach(entry -> entry.companyMax(append.size() / 2));
            }
        }
        outbox.again(append);
    }

    private void lost(@Nullable Link old, EventSyncException why) {
        link = null;
        Append first = old == null ? null : old.first();
        List<Append> unanswered = old == null ? List.of() : old.unanswered();
        boolean isOfTheClient = Refusal.isOfTheClient(why);
        refusedStreams = isOfTheClient ? refusedStreams + 1 : 0;
        for (Append append : unanswered) {
            if (append == first && Refusal.isOfTheAppend(why)) {
                blame(append, why);
            } else {
                outbox.again(append);
            }
        }
        if (refusedStreams >= REFUSED_STREAMS_MAX) {
            refusedStreams = 0;
            outbox.unanswered().forEach(entry -> entry.fail(why));
        }
        pause(why.retryAfter().orElse(Duration.ZERO));
        advance();
    }

    /** Nothing is sent for a while. */
    private void pause(Duration atLeast) {
        long until = nanos.getAsLong()
                + Duration.ofMillis(pauses.nextMillis(atLeast)).toNanos();
        pausedUntilNanos = isPaused ? Math.max(pausedUntilNanos, until) : until;
        isPaused = true;
    }

    /** Looks at the time, for as long as there is something that can be late. */
    private void tick() {
        if (isTicking) {
            return;
        }
        isTicking = true;
        long shortest = Math.min(
                options.deliveryTimeout().toMillis(), options.answerTimeout().toMillis());
        vertx.setTimer(Math.min(TICK_MILLIS_MAX, 1 + shortest / TICKS_PER_TIMEOUT), id -> {
            isTicking = false;
            long now = nanos.getAsLong();
            for (Entry entry : outbox.unanswered()) {
                if (now - entry.bornNanos() >= options.deliveryTimeout().toNanos()) {
                    entry.giveUp("no answer within " + options.deliveryTimeout());
                }
            }
            Link open = link;
            if (open != null && open.isSilentFor(options.answerTimeout().toNanos(), now)) {
                open.cancel();
                lost(open, Failures.lost(new IOException("no answer within " + options.answerTimeout())));
            }
            if (!isStopped && !outbox.isEmpty()) {
                tick();
            }
        });
    }

    private void giveUp(String why) {
        outbox.unanswered().forEach(entry -> entry.giveUp(why));
    }
}
