package io.eventsync.loadtest.generate;

import io.eventsync.loadtest.StopSignal;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Takes entries one after the other when their time has come, and writes them to every sink. */
final class Generation {

    private final List<Sink> sinks;
    private final StopSignal stop;
    private final Level least;
    private final AtomicLong written = new AtomicLong();

    Generation(List<Sink> sinks, Level least, StopSignal stop) {
        this.sinks = List.copyOf(sinks);
        this.least = least;
        this.stop = stop;
    }

    /**
     * Blocks until so many were written, the entries' time is past the end, or it was stopped.
     *
     * @param isPaced false takes the entries as fast as they go; their times stay the same
     */
    void run(Iterator<LogEntry> entries, Instant start, long countMax, Duration max, boolean isPaced) {
        long startedNanos = System.nanoTime();
        Instant end = start.plus(max);
        while (written.get() < countMax && !stop.isStopped()) {
            LogEntry entry = entries.next();
            if (entry.time().isAfter(end)) {
                // The time that was asked for is over when its last moment is, not with its last entry.
                boolean ignored = isPaced && reaches(startedNanos + max.toNanos());
                break;
            }
            if (isPaced
                    && !reaches(
                            startedNanos + Duration.between(start, entry.time()).toNanos())) {
                break;
            }
            if (entry.level().compareTo(least) >= 0) {
                sinks.forEach(sink -> sink.write(entry));
                written.incrementAndGet();
            }
        }
        sinks.forEach(Sink::flush);
    }

    long written() {
        return written.get();
    }

    private boolean reaches(long nanos) {
        if (nanos - System.nanoTime() > 0) {
            sinks.forEach(Sink::flush);
        }
        return stop.reaches(nanos);
    }
}
