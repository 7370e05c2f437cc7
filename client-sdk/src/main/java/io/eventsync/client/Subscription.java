package io.eventsync.client;

import io.eventsync.client.internal.CanIgnoreReturnValue;
import io.eventsync.client.internal.CursorSaver;
import io.eventsync.client.internal.Feed;
import io.eventsync.client.internal.FullJitter;
import io.eventsync.client.internal.Ledger;
import io.eventsync.client.internal.Loop;
import io.eventsync.client.internal.Place;
import io.eventsync.client.internal.ResumingStream;
import io.eventsync.client.internal.StreamSource;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Event;
import io.eventsync.v1.Gap;
import io.eventsync.v1.SubscribeResponse;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Events as they are appended, for as long as anybody wants them. Read it in one of five ways; reading begins when you choose:
 *
 * <table>
 * <caption>An event is processed, and its cursor may be saved, when</caption>
 * <tr><td>{@link #process}</td><td>the Future that your function answered has succeeded; the next event comes after that</td></tr>
 * <tr><td>{@link #processBatches}</td><td>the same, for all events of a frame at a time</td></tr>
 * <tr><td>{@link #blocking}</td><td>you ask for the next one</td></tr>
 * <tr><td>{@link #subscribe Flow}, {@link #handler ReadStream}</td><td>you call {@link #ack}; or it was delivered, with
 * {@link ReadOptions#ackOnDelivery}</td></tr>
 * </table>
 *
 * <p>A subscription outlives its streams. When one is lost it opens another, on another server if there are several, after what it received
 * last: within one subscription every event is delivered once, in position order, and none is left out. A new subscription under the same
 * {@linkplain ReadOptions#keepCursor kept cursor}, in this process or another, begins after what was processed and saved: what was delivered
 * and not saved comes again.
 *
 * <p>It ends when it is closed, or fails: with a {@link CursorException} if the server refuses to go on from its cursor, with another
 * {@link EventSyncException} for what else trying again does not mend, with what your handler threw or failed with. Handlers are called on one
 * event loop, one at a time, and must not block; {@link #blocking} is for threads. Memory is bounded whatever the reader does: four frames
 * here, and HTTP/2's window.
 */
public final class Subscription implements ReadStream<Event>, Flow.Publisher<Event> {
    private final Loop loop;
    private final ReadOptions options;
    private final FullJitter backoff;
    private final RandomGenerator random;
    private final Ledger ledger = new Ledger();
    private final ResumingStream stream;
    private final Feed feed;
    private final @Nullable CursorSaver saver;
    private final AtomicBoolean hasReader = new AtomicBoolean();
    private final Promise<Void> done = Promise.promise();
    private final Promise<Void> released = Promise.promise();

    private boolean isByFrame;
    private boolean isPaused;
    private boolean isBroken;
    private int loads;
    private volatile SubscriptionState state = SubscriptionState.IDLE;
    private volatile @Nullable Handler<Event> onEvent;
    private @Nullable Handler<Page> onPage;
    private volatile @Nullable Handler<Throwable> onFailure;
    private volatile @Nullable Handler<Void> onEnd;
    private volatile Consumer<SubscriptionState> onStateChange = ignored -> {};
    private volatile Consumer<Gap> onGap = ignored -> {};
    private volatile Runnable onCaughtUp = () -> {};

    Subscription(Loop loop, StreamSource source, ReadOptions options, Duration openWithin, RandomGenerator random) {
        this.loop = loop;
        this.options = options;
        this.random = random;
        this.backoff = new FullJitter(options.backoffFirst(), options.backoffMax());
        Inbox inbox = new Inbox();
        this.stream = new ResumingStream(
                source,
                loop,
                new ResumingStream.Settings(
                        Requests.subscribe(options), backoff, min(openWithin, options.heartbeat()), random),
                inbox);
        this.feed = new Feed(inbox, stream::more, this::broken);
        this.saver = options.isSaving()
                ? options.store()
                        .map(store -> new CursorSaver(
                                loop,
                                store,
                                options.name(),
                                new CursorSaver.Pace(options.saveEvents(), options.saveInterval(), backoff, random),
                                this::cursor,
                                this::broken))
                        .orElse(null)
                : null;
    }

    /** Opening may take as long as silence may last. */
    private static Duration min(Duration openWithin, Duration heartbeat) {
        Duration silence = heartbeat.multipliedBy(3);
        return silence.compareTo(openWithin) < 0 ? silence : openWithin;
    }

    /** Called each time the stream comes to stand elsewhere: to log it, to show it. */
    @CanIgnoreReturnValue
    public Subscription onStateChange(Consumer<SubscriptionState> listener) {
        onStateChange = listener;
        return this;
    }

    /** Called when everything the log held was delivered, and again after each time the reader fell behind or the stream was lost. */
    @CanIgnoreReturnValue
    public Subscription onCaughtUp(Runnable listener) {
        onCaughtUp = listener;
        return this;
    }

    /** Called between the events around a gap; needs {@link ReadOptions#skipToEarliest}. */
    @CanIgnoreReturnValue
    public Subscription onGap(Consumer<Gap> listener) {
        onGap = listener;
        return this;
    }

    /** Calls the function with one event after the other. */
    @CanIgnoreReturnValue
    public Subscription process(Function<? super Event, ? extends Future<?>> work) {
        return begin(1, false, () -> onEvent = event -> settle(work.apply(event), event.getPosition()));
    }

    /** Calls the function with the events of one frame after the other, at most {@link ReadOptions#batchMax} at a time. */
    @CanIgnoreReturnValue
    public Subscription processBatches(Function<? super Page, ? extends Future<?>> work) {
        return begin(
                1,
                true,
                () -> onPage = page -> settle(
                        work.apply(page),
                        page.events().get(page.events().size() - 1).getPosition()));
    }

    /** Reads with a thread that may wait: a loop over it ends when the subscription is closed. */
    public EventIterator blocking() {
        EventIterator iterator = new EventIterator(this);
        begin(EventIterator.PREFETCH, false, () -> {
            onEvent = iterator::arrived;
            onFailure = iterator::failed;
            onEnd = ignored -> iterator.ended();
        });
        return iterator;
    }

    /** As a Reactive Streams publisher, of one subscriber. Its cancel closes this subscription. */
    @Override
    public void subscribe(Flow.Subscriber<? super Event> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (!hasReader.compareAndSet(false, true)) {
            FlowReader.refuse(subscriber, new IllegalStateException("this subscription has a reader already"));
            return;
        }
        FlowReader reader = new FlowReader(this, subscriber);
        onEvent = reader::event;
        onFailure = reader::failed;
        onEnd = ignored -> reader.ended();
        loop.run(() -> {
            reader.begin();
            load();
        });
    }

    /** As a ReadStream, flowing unless it was paused. A handler that throws ends the subscription. */
    @Override
    @CanIgnoreReturnValue
    public Subscription handler(@Nullable Handler<Event> handler) {
        onEvent = handler;
        if (handler == null) {
            return pause();
        }
        if (hasReader.compareAndSet(false, true)) {
            loop.run(() -> {
                if (!isPaused) {
                    feed.demand(Long.MAX_VALUE);
                }
                load();
            });
        }
        return this;
    }

    @Override
    @CanIgnoreReturnValue
    public Subscription pause() {
        loop.run(() -> {
            isPaused = true;
            feed.pause();
        });
        return this;
    }

    @Override
    @CanIgnoreReturnValue
    public Subscription resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    @CanIgnoreReturnValue
    public Subscription fetch(long amount) {
        loop.run(() -> {
            isPaused = true;
            feed.demand(amount);
        });
        return this;
    }

    @Override
    @CanIgnoreReturnValue
    public Subscription exceptionHandler(@Nullable Handler<Throwable> handler) {
        onFailure = handler;
        return this;
    }

    @Override
    @CanIgnoreReturnValue
    public Subscription endHandler(@Nullable Handler<Void> handler) {
        onEnd = handler;
        return this;
    }

    /**
     * This event and all before it are processed. From any thread.
     *
     * @return done at once; with {@link ReadOptions#saveEach}, when the cursor is saved
     */
    @CanIgnoreReturnValue
    public Future<Void> ack(Event event) {
        boolean isNews = ledger.processed(event.getPosition());
        CursorSaver mine = saver;
        if (mine == null || !isNews) {
            return Future.succeededFuture();
        }
        Promise<Void> answer = Promise.promise();
        loop.run(() -> {
            if (options.isSavingEach()) {
                mine.save().onComplete(answer);
            } else {
                mine.moved(1);
                answer.complete();
            }
        });
        return answer.future();
    }

    /** The place after all that is processed, good for {@link ReadOptions#fromCursor}. Empty before the first frame came. */
    public String cursor() {
        return ledger.processed().text();
    }

    /** The place right after an event that this subscription delivered and that is not yet processed, to be stored with what the event did. */
    public String cursorAfter(Event event) {
        return ledger.at(event.getPosition()).text();
    }

    /** Where the stream stands. Events that came before its end may still be on their way to the reader. */
    public SubscriptionState state() {
        return state;
    }

    /** Succeeds when the subscription was closed, fails when it failed; the cursor of what was processed is saved then. */
    public Future<Void> done() {
        return done.future();
    }

    /** Stops reading. Done when the cursor of what was processed is saved; fails only if that does. */
    public Future<Void> close() {
        loop.run(() -> {
            stream.close();
            feed.drop(); // it may have ended before, with something left to read
        });
        return released.future();
    }

    @CanIgnoreReturnValue
    private Subscription begin(long demand, boolean byFrame, Runnable reader) {
        if (!hasReader.compareAndSet(false, true)) {
            throw new IllegalStateException("this subscription has a reader already");
        }
        loop.run(() -> {
            isByFrame = byFrame;
            reader.run();
            feed.demand(demand);
            load();
        });
        return this;
    }

    private void load() {
        Place otherwise = options.place().orElse(new Place("", 0));
        CursorStore store = options.store().orElse(null);
        if (store == null) {
            open(otherwise);
            return;
        }
        Future<Place> loading = saver != null
                ? saver.load(otherwise)
                : loop.blocking(() -> store.load(options.name()))
                        .map(found -> found.map(Place::parse).orElse(otherwise));
        loading.onComplete(this::open, this::notLoaded);
    }

    /** A store that is a server of ours may come back; what else fails is told at once. */
    private void notLoaded(Throwable failure) {
        if (failure instanceof EventSyncException e && e.isRetryable() && !state.isOver()) {
            loads++;
            loop.after(backoff.delayMillis(loads, e.retryAfter().orElse(Duration.ZERO), random), this::load);
        } else {
            stream.fail(failure);
        }
    }

    private void open(Place from) {
        ledger.begin(from);
        Anchor otherwise = options.store().isPresent() ? Anchor.ANCHOR_BEGINNING : Anchor.ANCHOR_NOW;
        stream.start(from.cursor().isEmpty() ? options.start(otherwise) : from.start(), from.position());
    }

    private void settle(@Nullable Future<?> work, long position) {
        if (work == null) {
            throw new NullPointerException("the function answered null in place of a Future");
        }
        work.onComplete(
                ok -> loop.run(
                        () -> processed(position).onComplete(saved -> feed.demand(1), failure -> broken(failure))),
                failure -> loop.run(() -> broken(failure)));
    }

    private Future<Void> processed(long position) {
        return ack(Event.newBuilder().setPosition(position).build());
    }

    private void broken(Throwable failure) {
        isBroken = true;
        stream.fail(failure);
        feed.drop();
    }

    /** What the stream says goes on to the feed, what the feed says to the reader. */
    private final class Inbox implements ResumingStream.Reader, Feed.Reader {
        private boolean isOver;

        @Override
        public void state(SubscriptionState now) {
            state = now;
            loop.later(() -> tell(now));
        }

        private void tell(SubscriptionState now) {
            try {
                onStateChange.accept(now);
            } catch (RuntimeException thrown) {
                broken(thrown);
            }
        }

        @Override
        public void note(SubscribeResponse frame) {
            ledger.received(frame);
            CursorSaver mine = saver;
            if (mine == null) {
                return;
            }
            if (mine.isNew() && frame.hasStarted()) {
                // A reader that begins now and dies before its first event has a place to go on from.
                mine.save().onFailure(ignored -> {});
            } else {
                mine.moved(0);
            }
        }

        @Override
        public void take(SubscribeResponse frame) {
            ledger.received(frame);
            if (saver != null && !frame.hasBatch()) {
                saver.moved(0);
            }
            feed.take(frame);
        }

        @Override
        public boolean isByFrame() {
            return isByFrame;
        }

        @Override
        public void events(List<Event> events) {
            Handler<Page> pages = onPage;
            Handler<Event> each = onEvent;
            long last = events.get(events.size() - 1).getPosition();
            if (pages != null) {
                pages.handle(new Page(events, cursor(), ledger.at(last).text()));
            } else if (each != null) {
                each.handle(events.get(0));
                if (options.isAckedOnDelivery()) {
                    processed(last).onFailure(Subscription.this::broken);
                }
            }
        }

        @Override
        public void gap(Gap gap) {
            onGap.accept(gap);
        }

        @Override
        public void caughtUp() {
            onCaughtUp.run();
        }

        @Override
        public void ended(@Nullable Throwable failure) {
            if (!isOver) {
                // The stream's last word; what came before is read first, unless nobody is there any more.
                isOver = true;
                feed.end(failure, failure == null || isBroken);
                return;
            }
            Future<Void> saved = saver == null ? Future.succeededFuture() : saver.close();
            saved.onComplete(result -> finish(failure, result.cause()));
        }
    }

    private void finish(@Nullable Throwable failure, @Nullable Throwable unsaved) {
        Handler<Throwable> failed = onFailure;
        Handler<Void> ended = onEnd;
        if (unsaved == null) {
            released.complete();
        } else {
            released.fail(unsaved);
        }
        Throwable why = failure == null ? unsaved : failure;
        try {
            if (why != null && failed != null) {
                failed.handle(why);
            } else if (why == null && ended != null) {
                ended.handle(null);
            }
        } finally {
            if (why == null) {
                done.complete();
            } else {
                done.fail(why);
            }
        }
    }

    /** Forgets the reader, which is not to hear any more. */
    void forget() {
        onEvent = null;
        onFailure = null;
        onEnd = null;
    }

    boolean isWaitingForSaves() {
        return options.isSavingEach();
    }

    /** For Flow: on the loop, in the order of the calls. */
    void run(Runnable task) {
        loop.run(task);
    }

    void demand(long amount) {
        feed.demand(amount);
    }
}
