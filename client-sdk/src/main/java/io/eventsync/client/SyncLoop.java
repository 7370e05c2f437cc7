package io.eventsync.client;

import io.eventsync.client.internal.Awaiting;
import io.eventsync.client.internal.CanIgnoreReturnValue;
import io.eventsync.client.internal.CursorSaver;
import io.eventsync.client.internal.Failures;
import io.eventsync.client.internal.FullJitter;
import io.eventsync.client.internal.Loop;
import io.eventsync.client.internal.Place;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Event;
import io.eventsync.v1.Gap;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Pages of events, one call each, for readers that would rather ask than listen: jobs, scripts, and whoever stores what events do together
 * with the cursor. Pages hold at least one event; while there is none, calls wait at the server.
 *
 * <p>Calls that fail for a while are made again with growing pauses. A page is processed when the next one is asked for; with a
 * {@linkplain ReadOptions#keepCursor kept cursor} it is saved then. With {@linkplain ReadOptions#loadCursor a loaded one} saving is yours:
 * {@link JdbcCursorStore#save(java.sql.Connection, String, Page)}.
 *
 * <p>As an Iterator it is for threads that may wait, and throws what {@link #nextPage} fails with. One page at a time.
 */
@SuppressWarnings({"IterableAndIterator", "NullableOptional"})
public final class SyncLoop implements Iterator<Page>, Iterable<Page>, AutoCloseable {
    private final Loop loop;
    private final Function<SyncRequest, Future<SyncResponse>> call;
    private final ReadOptions options;
    private final FullJitter backoff;
    private final RandomGenerator random;
    private final @Nullable CursorSaver saver;

    private volatile Consumer<Gap> onGap = ignored -> {};
    private volatile String processed = "";
    private volatile boolean isClosed;
    private boolean isLoaded;
    private Start start = Start.getDefaultInstance();
    private long readThrough;
    private String delivered = "";
    private int failures;
    private @Nullable Promise<Optional<Page>> asked;
    private @Nullable Optional<Page> next;

    SyncLoop(Loop loop, Function<SyncRequest, Future<SyncResponse>> call, ReadOptions options, RandomGenerator random) {
        this.loop = loop;
        this.call = call;
        this.options = options;
        this.random = random;
        this.backoff = new FullJitter(options.backoffFirst(), options.backoffMax());
        this.saver = options.isSaving()
                ? options.store()
                        .map(store -> new CursorSaver(
                                loop,
                                store,
                                options.name(),
                                new CursorSaver.Pace(options.saveEvents(), options.saveInterval(), backoff, random),
                                () -> processed,
                                this::fail))
                        .orElse(null)
                : null;
    }

    /** Called before the page after a gap; needs {@link ReadOptions#skipToEarliest}. */
    @CanIgnoreReturnValue
    public SyncLoop onGap(Consumer<Gap> listener) {
        onGap = listener;
        return this;
    }

    /** The next page with events. Nothing once it was closed, or with {@link ReadOptions#untilLevel} once there is nothing more. */
    public Future<Optional<Page>> nextPage() {
        Promise<Optional<Page>> answer = Promise.promise();
        loop.run(() -> {
            if (asked != null) {
                answer.fail(new IllegalStateException("the page before was not answered yet"));
                return;
            }
            asked = answer;
            settle().onComplete(
                            saved -> {
                                if (isLoaded) {
                                    poll();
                                } else {
                                    load();
                                }
                            },
                            this::fail);
        });
        return answer.future();
    }

    @Override
    public Iterator<Page> iterator() {
        return this;
    }

    @Override
    public boolean hasNext() {
        Optional<Page> page = next;
        if (page == null) {
            page = Awaiting.result(nextPage());
            next = page;
        }
        return page.isPresent();
    }

    @Override
    public Page next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException("the loop is over");
        }
        Page page = next.orElseThrow();
        next = null;
        return page;
    }

    /** Ends it: a page that is waited for does not come. Waits until the cursor of what was processed is saved. */
    @Override
    public void close() {
        Promise<Void> saved = Promise.promise();
        isClosed = true;
        loop.run(() -> {
            answer(Optional.empty());
            if (saver == null) {
                saved.complete();
            } else {
                saver.close().onComplete(saved);
            }
        });
        Awaiting.result(saved.future());
    }

    /** The page before is processed, as another is asked for. */
    private Future<Void> settle() {
        if (delivered.isEmpty() || delivered.equals(processed)) {
            return Future.succeededFuture();
        }
        processed = delivered;
        if (saver == null) {
            return Future.succeededFuture();
        }
        if (options.isSavingEach()) {
            return saver.save();
        }
        saver.moved(options.batchMax());
        return Future.succeededFuture();
    }

    private void load() {
        Place otherwise = options.place().orElse(new Place("", 0));
        CursorStore store = options.store().orElse(null);
        if (store == null) {
            begin(otherwise, otherwise.text());
            return;
        }
        Future<Optional<String>> loading = saver == null
                ? loop.blocking(() -> store.load(options.name()))
                : saver.load(new Place("", 0))
                        .map(place -> Optional.of(place.text()).filter(text -> !text.isEmpty()));
        loading.onComplete(
                found -> begin(found.map(Place::parse).orElse(otherwise), found.orElse("")),
                failure -> tryAgain(failure, this::load));
    }

    private void begin(Place from, String kept) {
        isLoaded = true;
        start = from.cursor().isEmpty() ? options.start(Anchor.ANCHOR_BEGINNING) : from.start();
        readThrough = from.position();
        delivered = kept;
        processed = kept;
        poll();
    }

    private void poll() {
        if (asked == null || isClosed) {
            answer(Optional.empty());
            return;
        }
        call.apply(Requests.sync(options).toBuilder().setStart(start).build())
                .onComplete(
                        page -> loop.run(() -> answered(page)),
                        failure -> loop.run(() -> tryAgain(failure, this::poll)));
    }

    private void answered(SyncResponse response) {
        failures = 0;
        if (asked == null) {
            return;
        }
        if (response.hasGap()) {
            try {
                onGap.accept(response.getGap());
            } catch (RuntimeException thrown) {
                fail(thrown); // the page comes again when it is asked for again
                return;
            }
        }
        start = Start.newBuilder().setCursor(response.getCursor()).build();
        List<Event> events = unread(response.getEventsList());
        if (!events.isEmpty()) {
            Page page = new Page(events, delivered, response.getCursor());
            delivered = response.getCursor();
            answer(Optional.of(page));
        } else if (options.isEndingWhenLevel() && response.getUpToDate()) {
            passed(response.getCursor());
            answer(Optional.empty());
        } else {
            passed(response.getCursor());
            poll();
        }
    }

    /** Going on inside a frame: the first events may be known. */
    private List<Event> unread(List<Event> events) {
        long known = readThrough;
        if (known == 0 || events.isEmpty()) {
            return events;
        }
        if (events.get(events.size() - 1).getPosition() >= known) {
            readThrough = 0;
        }
        return events.stream().filter(event -> event.getPosition() > known).toList();
    }

    /** Nothing matched up to here. Whoever saves the cursors alone is not told: the next page goes on from what was saved. */
    private void passed(String cursor) {
        if (saver != null) {
            processed = new Place(cursor, readThrough).text();
            delivered = processed;
            saver.moved(0);
        }
    }

    private void tryAgain(Throwable failure, Runnable again) {
        if (isClosed || !Failures.isWorthAnotherTry(failure)) {
            fail(failure);
            return;
        }
        failures++;
        Duration asked =
                failure instanceof EventSyncException e ? e.retryAfter().orElse(Duration.ZERO) : Duration.ZERO;
        loop.after(backoff.delayMillis(failures, asked, random), again);
    }

    private void answer(Optional<Page> page) {
        Promise<Optional<Page>> waiting = asked;
        asked = null;
        if (waiting != null) {
            waiting.complete(page);
        }
    }

    private void fail(Throwable failure) {
        Promise<Optional<Page>> waiting = asked;
        asked = null;
        if (waiting != null) {
            waiting.fail(failure);
        }
    }
}
