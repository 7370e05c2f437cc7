package io.eventsync.server.delivery;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what happens, one turn after the other: while one is under way the next gathers. So an attempt is closed in the same
 * record in which the one that takes its place starts, and there is one statement and one fsync for as many as there are.
 */
final class Recorder implements Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);
    /** How long a turn waits in which nothing wants to start: nobody waits for it. */
    private static final long LINGER_MILLIS = 10;

    private static final long RETRY_MILLIS = 250;

    private final Vertx vertx;
    private final Function<Tuple, Future<Set<Long>>> store;
    private final UUID node;
    private final SteadyClock clock;
    private final DeliveryMeters meters;
    private final Listener listener;
    private final List<Waiting> waiting = new ArrayList<>();
    private Turn open = new Turn();
    private long number;
    private boolean isBusy;
    private boolean isPlanned;
    private boolean isFailing;
    private boolean isClosed;

    /** Is told around each record. */
    interface Listener {
        /** These are about to be looked at. */
        void beforeRecord(Set<EndpointRun> runs);

        /** These do not start: their endpoints were lost before that was on record. */
        void notStarted(List<Attempt> attempts);

        /** These may send now. */
        void recorded(Turn turn, Set<Long> lost);
    }

    private record Waiting(long turn, Promise<Void> promise) {}

    /** @param store writes a turn, and answers the endpoints that were lost before it */
    Recorder(
            Vertx vertx,
            Function<Tuple, Future<Set<Long>>> store,
            UUID node,
            SteadyClock clock,
            DeliveryMeters meters,
            Listener listener) {
        this.vertx = vertx;
        this.store = store;
        this.node = node;
        this.clock = clock;
        this.meters = meters;
        this.listener = listener;
    }

    @Override
    public void start(EndpointRun run, Attempt attempt) {
        open.start(run, attempt);
        poke();
    }

    @Override
    public void ended(EndpointRun run, Attempt attempt, AttemptResult result) {
        open.ended(run, attempt, result);
        poke();
    }

    @Override
    public void settled(EndpointRun run, Delivery delivery) {
        open.settled(run, delivery);
        poke();
    }

    @Override
    public void setAside(EndpointRun run, Delivery delivery, @Nullable AttemptResult cause) {
        open.setAside(run, delivery, cause);
        poke();
    }

    @Override
    public void dead(EndpointRun run, Delivery delivery, DeadLetterReason reason, AttemptResult cause) {
        open.dead(run, delivery, reason, cause);
        poke();
    }

    @Override
    public void announce(EndpointRun run, SystemEvent event) {
        open.announce(run, event);
        poke();
    }

    @Override
    public void touched(EndpointRun run) {
        open.touched(run);
        poke();
    }

    /** The last turn that is on record. */
    long recordedTurn() {
        return isBusy ? number - 1 : number;
    }

    /** Succeeds when everything taken down so far is on record. */
    Future<Void> recorded() {
        if (open.isEmpty() && !isBusy) {
            return Future.succeededFuture();
        }
        Promise<Void> promise = Promise.promise();
        waiting.add(new Waiting(open.isEmpty() ? number : number + 1, promise));
        return promise.future();
    }

    /** Plans a record at the end of what the event loop is at: there may be more by then. */
    private void poke() {
        if (isBusy || (isPlanned && !open.hasStarts())) {
            return;
        }
        if (open.hasStarts()) {
            isPlanned = true;
            vertx.runOnContext(v -> record());
        } else {
            isPlanned = true;
            vertx.setTimer(LINGER_MILLIS, t -> record());
        }
    }

    private void record() {
        isPlanned = false;
        if (isBusy || isClosed || open.isEmpty()) {
            return;
        }
        isBusy = true;
        Turn turn = open;
        open = new Turn();
        number++;
        listener.notStarted(turn.dropLost());
        listener.beforeRecord(turn.runs());
        write(turn, turn.seal(node, clock));
    }

    /** Until it is written: to write it twice is the same as once. */
    private void write(Turn turn, Tuple sealed) {
        long begin = System.nanoTime();
        store.apply(sealed)
                .onComplete(
                        lost -> {
                            if (isClosed) {
                                return; // the leases may be another node's by now, which closes what is open
                            }
                            if (isFailing) {
                                isFailing = false;
                                LOG.info("attempts are recorded again");
                            }
                            isBusy = false;
                            meters.recorded(turn.starts().size(), System.nanoTime() - begin);
                            turn.recorded(number);
                            if (lost.isEmpty() && open.hasStarts()) {
                                record(); // the database works at it while this loop sends
                            }
                            listener.recorded(turn, lost);
                            tellWaiting();
                            if (!open.isEmpty()) {
                                poke();
                            }
                        },
                        e -> {
                            if (isClosed) {
                                return; // whoever takes the endpoints over closes what is open
                            }
                            if (!isFailing) {
                                isFailing = true;
                                LOG.error(
                                        "attempts cannot be recorded cause={} next=nothing is sent, again every_ms={}",
                                        e.getMessage(),
                                        RETRY_MILLIS);
                            }
                            vertx.setTimer(RETRY_MILLIS, t -> write(turn, sealed));
                        });
    }

    /** What is not on record by now stays open. */
    void close() {
        isClosed = true;
    }

    private void tellWaiting() {
        List<Waiting> due =
                waiting.stream().filter(w -> w.turn() <= recordedTurn()).toList();
        waiting.removeAll(due);
        due.forEach(w -> w.promise().complete());
    }
}
