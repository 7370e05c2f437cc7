package io.eventsync.loadtest.chaos;

import io.eventsync.client.EventSyncClient;
import io.eventsync.client.Page;
import io.eventsync.client.ReadOptions;
import io.eventsync.client.SyncLoop;
import io.eventsync.loadtest.history.ReaderRecorder;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads pages by the SDK and keeps the cursor of the last one itself; is started again from it now and then. */
final class PageReader implements ChaosReader {

    private static final Duration WAIT = Duration.ofSeconds(2);

    private final EventSyncClient client;
    private final ReadOptions options;
    private final ReaderRecorder recorder;
    private final String name;
    private volatile long reached;
    private volatile @Nullable Throwable failure;
    private volatile SyncLoop open;
    private String cursor;

    PageReader(
            EventSyncClient client,
            ReadOptions options,
            ReaderRecorder recorder,
            String name,
            String startCursor,
            long startPosition) {
        this.client = client;
        this.options = options.longPoll(WAIT);
        this.recorder = recorder;
        this.name = name;
        this.cursor = startCursor;
        this.reached = startPosition;
        this.open = client.sync(this.options);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized void begin() {
        recorder.opened(reached);
        start();
    }

    private void start() {
        SyncLoop pages = client.sync(options.fromCursor(cursor));
        open = pages;
        next(pages);
    }

    private void next(SyncLoop pages) {
        pages.nextPage().onComplete(page -> page.ifPresent(here -> take(pages, here)), why -> failed(pages, why));
    }

    private synchronized void take(SyncLoop pages, Page page) {
        if (pages == open) {
            page.events().forEach(event -> recorder.event(event.getPosition(), event.getId(), event.getTag()));
            reached = page.events().get(page.events().size() - 1).getPosition();
            cursor = page.cursor();
            recorder.cursor(reached);
            next(pages);
        }
    }

    private void failed(SyncLoop pages, Throwable why) {
        if (pages == open) {
            failure = why;
        }
    }

    @Override
    public void turn() {
        if (failure == null) {
            SyncLoop before = open;
            synchronized (this) {
                recorder.resumed(reached);
                start();
            }
            before.close();
        }
    }

    @Override
    public long reached() {
        return reached;
    }

    @Override
    public void finish() {
        open.close();
    }

    @Override
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public String toString() {
        return name + " at " + reached;
    }
}
