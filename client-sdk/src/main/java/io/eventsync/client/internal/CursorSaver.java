package io.eventsync.client.internal;

import io.eventsync.client.CursorStore;
import io.eventsync.client.EventSyncException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Saves the cursor of one reader now and then, one save at a time, always the newest one. All on one loop. */
public final class CursorSaver {
    /**
     * When to save.
     *
     * @param events after so many
     * @param interval this long after the first that is not saved
     * @param backoff between tries while saving fails
     */
    public record Pace(int events, Duration interval, FullJitter backoff, RandomGenerator random) {}

    private final Loop loop;
    private final CursorStore store;
    private final String name;
    private final Pace pace;
    private final Supplier<String> cursor;
    private final Consumer<Throwable> refused;

    private List<Promise<Void>> waiting = new ArrayList<>();
    private String saved = "";
    private int unsaved;
    private int failures;
    private boolean isSaving;
    private boolean isClosing;
    private @Nullable Long timer;

    /**
     * @param cursor what there is to save; empty while that is not known
     * @param refused hears of a failure that trying again does not mend
     */
    public CursorSaver(
            Loop loop,
            CursorStore store,
            String name,
            Pace pace,
            Supplier<String> cursor,
            Consumer<Throwable> refused) {
        this.loop = loop;
        this.store = store;
        this.name = name;
        this.pace = pace;
        this.cursor = cursor;
        this.refused = refused;
    }

    public Future<Place> load(Place otherwise) {
        return loop.blocking(() -> store.load(name)).map(found -> {
            saved = found.orElse("");
            return found.map(Place::parse).orElse(otherwise);
        });
    }

    /** True if there was nothing to load, and nothing was saved since. */
    public boolean isNew() {
        return saved.isEmpty();
    }

    /** The cursor moved, by so many events or by none. */
    public void moved(int events) {
        unsaved += events;
        if (unsaved >= pace.events() && failures == 0) {
            attempt();
        } else if (timer == null && !isSaving) {
            arm(pace.interval().toMillis());
        }
    }

    /** Saves the cursor as it is now, or a later one. */
    @CanIgnoreReturnValue
    public Future<Void> save() {
        Promise<Void> promise = Promise.promise();
        waiting.add(promise);
        if (failures == 0 || isClosing) { // else the next try has its time
            attempt();
        }
        return promise.future();
    }

    /** Saves for the last time, and does not try again. */
    public Future<Void> close() {
        isClosing = true;
        return save();
    }

    private void attempt() {
        if (isSaving) {
            return; // when that one ends it looks again
        }
        disarm();
        List<Promise<Void>> served = waiting;
        waiting = new ArrayList<>();
        int covered = unsaved;
        String text = cursor.get();
        if (text.isEmpty() || text.equals(saved)) {
            unsaved = 0;
            failures = 0;
            served.forEach(Promise::complete);
            return;
        }
        isSaving = true;
        loop.blocking(() -> {
                    store.save(name, text);
                    return text;
                })
                .onComplete(
                        done -> {
                            isSaving = false;
                            failures = 0;
                            saved = text;
                            unsaved -= covered;
                            served.forEach(Promise::complete);
                            next();
                        },
                        failure -> {
                            isSaving = false;
                            failed(failure, served);
                        });
    }

    private void next() {
        if (!waiting.isEmpty() || unsaved >= pace.events()) {
            attempt();
        } else if (unsaved > 0 || !cursor.get().equals(saved)) {
            arm(pace.interval().toMillis());
        }
    }

    private void failed(Throwable failure, List<Promise<Void>> served) {
        boolean isForGood = failure instanceof EventSyncException e && !e.isRetryable();
        boolean isLast = isClosing && waiting.isEmpty();
        served.addAll(waiting);
        waiting = new ArrayList<>(); // before anybody hears: they may save anew
        if (isForGood || isLast) {
            failures = 0;
            served.forEach(promise -> promise.fail(failure));
            if (!isClosing) {
                refused.accept(failure);
            }
            return;
        }
        waiting = served;
        failures++;
        if (isClosing) {
            attempt(); // that was an older cursor
            return;
        }
        arm(pace.backoff().delayMillis(failures, Duration.ZERO, pace.random()));
    }

    private void arm(long millis) {
        if (timer == null && !isClosing) {
            timer = loop.after(Math.max(1, millis), () -> {
                timer = null;
                attempt();
            });
        }
    }

    private void disarm() {
        if (timer != null) {
            loop.cancel(timer);
            timer = null;
        }
    }
}
