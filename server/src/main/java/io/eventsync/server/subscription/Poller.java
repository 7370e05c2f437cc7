package io.eventsync.server.subscription;

import io.eventsync.server.event.EventFilter;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.Page;
import io.eventsync.server.event.ReadableLog;
import io.eventsync.server.event.Reader;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.sync.ExpiredPolicy;
import io.eventsync.server.sync.Gap;
import io.eventsync.server.sync.Start;
import io.eventsync.server.sync.Starts;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/** Answers {@code Sync}: one page after a point, waiting for the first matching event if asked to. */
public final class Poller {
    private static final long BYTES_MAX = 4 << 20;
    /** An answer comes at least this often while a filter finds nothing, so that its cursor moves on. */
    private static final long SEARCH_NANOS_MAX = Duration.ofSeconds(1).toNanos();

    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final ReadableLog log;
    private final Starts starts;
    private final long patienceMaxMillis;

    /** @param timeout after which the call would be ended: an answer without events comes before */
    public Poller(ReadableLog log, Starts starts, Duration timeout) {
        this.log = log;
        this.starts = starts;
        long margin = Math.min(MARGIN.toMillis(), timeout.toMillis() / 2);
        this.patienceMaxMillis = timeout.toMillis() - margin;
    }

    /**
     * @param patience how long to wait for a matching event while level with the log
     * @param gone completes when nobody waits for the answer any more
     */
    public record Query(
            EventFilter filter,
            Start start,
            int eventsMax,
            Duration patience,
            ExpiredPolicy onExpired,
            Future<Void> gone) {}

    /** A page, whether it reaches the head, and what was skipped before it. */
    public record Answer(Page page, long headPosition, Optional<Gap> gap) {
        public boolean isUpToDate() {
            return page.end().position() >= headPosition;
        }
    }

    /** Call on the loop's context. */
    public Future<Answer> poll(Query query, LiveLoop loop) {
        long begin = System.nanoTime();
        return starts.resolve(query.start(), query.onExpired())
                .compose(start -> search(query, log.reader(query.filter()), start.point(), begin, loop)
                        .map(page -> new Answer(page, log.head().position(), start.gap()))
                        .recover(e -> again(query, loop, e)));
    }

    /** Retention overtook the reader between its start and its page. Who asked for the beginning has missed nothing by that. */
    private Future<Answer> again(Query query, LiveLoop loop, Throwable cause) {
        boolean isBeginning = Starts.isBeginning(query.start());
        return starts.skip(cause, isBeginning ? ExpiredPolicy.SKIP_TO_EARLIEST : query.onExpired())
                .compose(skipped -> search(query, log.reader(query.filter()), skipped.point(), System.nanoTime(), loop)
                        .map(page -> new Answer(
                                page, log.head().position(), isBeginning ? Optional.empty() : skipped.gap())));
    }

    private Future<Page> search(Query query, Reader reader, LogPoint from, long begin, LiveLoop loop) {
        return reader.after(from, query.eventsMax(), BYTES_MAX).compose(read -> {
            Page page = read.cutTo(BYTES_MAX);
            if (!page.events().isEmpty()) {
                return Future.succeededFuture(page);
            }
            long spent = System.nanoTime() - begin;
            if (page.end().position() < log.head().position()) {
                return spent >= SEARCH_NANOS_MAX
                        ? Future.succeededFuture(page)
                        : search(query, reader, page.end(), begin, loop);
            }
            long left = Math.min(query.patience().toMillis(), patienceMaxMillis)
                    - Duration.ofNanos(spent).toMillis();
            return left <= 0 || query.gone().isComplete()
                    ? Future.succeededFuture(page)
                    : await(query, reader, page.end(), begin, left, loop);
        });
    }

    private Future<Page> await(Query query, Reader reader, LogPoint from, long begin, long leftMillis, LiveLoop loop) {
        loop.catchUp();
        if (loop.point().position() < from.position()) {
            return Future.failedFuture(Failure.storeUnavailable(null)); // the log started over meanwhile
        }
        if (loop.point().position() != from.position()) {
            return search(query, reader, from, begin, loop);
        }
        return NextEvents.await(loop, query.filter(), query.eventsMax(), leftMillis, query.gone())
                .compose(page -> page.events().isEmpty()
                        ? search(query, reader, page.end(), begin, loop)
                        : Future.succeededFuture(page));
    }
}
