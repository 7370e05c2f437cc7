package io.eventsync.loadtest.chaos;

import io.eventsync.client.EventSyncClient;
import io.eventsync.client.Page;
import io.eventsync.client.ReadOptions;
import io.eventsync.client.Subscription;
import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.history.ReaderRecorder;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Subscribes by the SDK; if it keeps a cursor it is stopped and started again now and then. */
final class StreamReader implements ChaosReader {

    private static final Duration CLOSE_MAX = Duration.ofSeconds(30);

    private final EventSyncClient client;
    private final ReadOptions options;
    private final boolean isKept;
    private final ReaderRecorder recorder;
    private final String name;
    private volatile long reached;
    private volatile @Nullable Throwable failure;
    private @Nullable Subscription subscription;

    StreamReader(
            EventSyncClient client,
            ReadOptions options,
            boolean isKept,
            ReaderRecorder recorder,
            String name,
            long startPosition) {
        this.client = client;
        this.options = options;
        this.isKept = isKept;
        this.recorder = recorder;
        this.name = name;
        this.reached = startPosition;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void begin() {
        recorder.opened(reached);
        open();
    }

    private void open() {
        Subscription opened = client.subscribe(options).processBatches(this::take);
        opened.done().onFailure(why -> failure = why);
        subscription = opened;
    }

    private Future<Void> take(Page page) {
        page.events().forEach(event -> recorder.event(event.getPosition(), event.getId(), event.getTag()));
        reached = page.events().get(page.events().size() - 1).getPosition();
        return Future.succeededFuture();
    }

    @Override
    public void turn() {
        Subscription open = subscription;
        if (isKept && failure == null && open != null) {
            Edge.awaitDone(open.close(), CLOSE_MAX);
            recorder.resumed(reached);
            open();
        }
    }

    @Override
    public long reached() {
        return reached;
    }

    @Override
    public void finish() {
        Subscription open = subscription;
        if (open != null) {
            Edge.awaitOrElapse(open.close(), CLOSE_MAX);
        }
    }

    @Override
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public String toString() {
        Subscription open = subscription;
        return name + " at " + reached + (open == null ? "" : " " + open.state());
    }
}
