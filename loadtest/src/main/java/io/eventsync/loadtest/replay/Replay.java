package io.eventsync.loadtest.replay;

import io.eventsync.loadtest.rpc.RpcException;
import io.eventsync.v1.Event;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Takes events one after the other, puts them into units and keeps some units in flight. Blocks its thread for the pace. */
final class Replay {

    private static final int UNIT_BYTES_MAX = 3 << 20;

    private final Sender sender;
    private final Sender singly;
    private final ReplayTally tally;
    private final int unitEvents;
    private final int inFlightMax;
    private final double rate;
    private final Semaphore inFlight;
    private volatile boolean isStopped;
    private final AtomicLong sent = new AtomicLong();

    /** Events of a unit that was refused as a whole go through `singly`, so that only the bad ones are left out. */
    Replay(Sender sender, Sender singly, ReplayTally tally, int unitEvents, int inFlightMax, double rate) {
        this.sender = sender;
        this.singly = singly;
        this.tally = tally;
        this.unitEvents = unitEvents;
        this.inFlightMax = inFlightMax;
        this.rate = rate;
        this.inFlight = new Semaphore(inFlightMax);
    }

    void stop() {
        isStopped = true;
    }

    long sent() {
        return sent.get();
    }

    void run(Iterator<Event> events) throws InterruptedException {
        long started = System.nanoTime();
        List<Event> unit = new ArrayList<>();
        long unitBytes = 0;
        while (events.hasNext() && !isStopped) {
            Event event = events.next();
            int bytes = event.getSerializedSize();
            if (unit.size() == unitEvents || (!unit.isEmpty() && unitBytes + bytes > UNIT_BYTES_MAX)) {
                dispatch(unit, started);
                unit = new ArrayList<>();
                unitBytes = 0;
            }
            unit.add(event);
            unitBytes += bytes;
        }
        if (!unit.isEmpty() && !isStopped) {
            dispatch(unit, started);
        }
        inFlight.acquire(inFlightMax);
    }

    private void dispatch(List<Event> unit, long started) throws InterruptedException {
        inFlight.acquire();
        if (rate > 0) {
            long due = started + Math.round(sent.get() / rate * 1e9);
            for (long left = due - System.nanoTime(); left > 0 && !isStopped; left = due - System.nanoTime()) {
                LockSupport.parkNanos(Math.min(left, 100_000_000));
            }
        }
        sent.addAndGet(unit.size());
        tally.sent(unit.size());
        sender.send(unit)
                .onSuccess(duplicates -> tally.acknowledged(unit.size(), duplicates))
                .mapEmpty()
                .recover(failure -> refused(unit, failure))
                .onComplete(done -> inFlight.release());
    }

    private Future<Object> refused(List<Event> unit, Throwable failure) {
        RpcException why = RpcException.of(failure, null);
        if (why.isRetryable()) {
            // The server has been away for as long as we wait: go no further, for the rest would wait as long.
            isStopped = true;
            unit.forEach(event -> tally.rejected(why.reason(), event.getId(), String.valueOf(why.getMessage())));
            return Future.succeededFuture();
        }
        if (unit.size() == 1) {
            tally.rejected(why.reason(), unit.get(0).getId(), String.valueOf(why.getMessage()));
            return Future.succeededFuture();
        }
        return oneByOne(unit, 0);
    }

    private Future<Object> oneByOne(List<Event> unit, int index) {
        if (index == unit.size()) {
            return Future.succeededFuture();
        }
        List<Event> one = List.of(unit.get(index));
        return singly.send(one)
                .onSuccess(duplicates -> tally.acknowledged(1, duplicates))
                .mapEmpty()
                .recover(failure -> refused(one, failure))
                .compose(done -> oneByOne(unit, index + 1));
    }
}
