package io.eventsync.server.subscription;

import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.Page;
import io.eventsync.server.event.Reader;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads large pages for a stream that catches up and gives them out in portions, with the next page under way: a page costs Postgres as much
 * as some hundred events do, and a portion is what a client takes at once, which is less. Belongs to one event loop, as its budget does.
 */
final class ReadAhead implements Reader {
    private static final int PAGE_EVENTS = 1_000;
    private static final long PAGE_BYTES = 1 << 20;

    private final Reader reader;
    private final Budget budget;
    private @Nullable Held held;
    private @Nullable Asked next;
    private @Nullable LogPoint reached;
    private boolean isIdle;

    ReadAhead(Reader reader, Budget budget) {
        this.reader = reader;
        this.budget = budget;
    }

    /** A page that was asked for before its turn. */
    private record Asked(LogPoint from, Future<Page> page) {}

    /** The page that is given out. It stays whole: a client that is full in the middle of a portion goes on from there. */
    private record Held(LogPoint from, Page page) {
        /** The index of the first event after a place in this page, or -1 if it is none. */
        int indexAfter(LogPoint start) {
            if (start.equals(from)) {
                return 0;
            }
            List<LogEvent> events = page.events();
            for (int i = 0; i < events.size(); i++) {
                if (events.get(i).position() == start.position()) {
                    return start.equals(LogPoint.after(events.get(i))) ? i + 1 : -1;
                }
            }
            return -1;
        }

        Page portion(int index, long bytes) {
            List<LogEvent> events = page.events();
            return new Page(events.subList(index, events.size()), page.end()).cutTo(bytes);
        }
    }

    /** How many large pages all streams of a loop may hold. Those that get none read portion by portion. */
    static final class Budget {
        private int pages;

        Budget(int pages) {
            this.pages = pages;
        }

        /** So many that all loops together take an eighth of the heap, where an event is held in its stored and in its wire form. */
        static Budget ofLoop() {
            Runtime runtime = Runtime.getRuntime();
            long pages = runtime.maxMemory() / 8 / runtime.availableProcessors() / (2 * PAGE_BYTES);
            return new Budget((int) Math.min(8, pages));
        }

        int pages() {
            return pages;
        }

        private boolean take() {
            if (pages <= 0) {
                return false;
            }
            pages--;
            return true;
        }

        private void give() {
            pages++;
        }
    }

    @Override
    public Future<Page> after(LogPoint start, int eventsMax, long bytesMax) {
        isIdle = false;
        Held current = held;
        if (current != null && start.equals(current.page().end())) {
            held = null;
            budget.give();
        } else if (current != null && current.indexAfter(start) >= 0) {
            return Future.succeededFuture(reached(current.portion(current.indexAfter(start), bytesMax)));
        } else if (current != null) {
            forget();
        }
        Asked due = next;
        if (due == null || !due.from().equals(start)) {
            boolean goesOn = start.equals(reached);
            forget();
            due = goesOn ? ask(start, bytesMax) : null;
            next = due;
        }
        if (due == null) {
            return reader.after(start, eventsMax, bytesMax).map(this::reached);
        }
        Asked asked = due;
        return asked.page().map(page -> begin(asked, page, bytesMax)).onFailure(e -> forget());
    }

    private Page begin(Asked asked, Page page, long bytesMax) {
        Held whole = new Held(asked.from(), page);
        Page portion = reached(whole.portion(0, bytesMax));
        if (asked.equals(next)) { // else it was forgotten while it was on its way
            held = whole;
            boolean isMore = portion.events().size() < page.events().size();
            next = isMore ? ask(page.end(), bytesMax) : null;
        }
        return portion;
    }

    private Page reached(Page portion) {
        reached = portion.end();
        return portion;
    }

    private @Nullable Asked ask(LogPoint from, long bytesMax) {
        if (!budget.take()) {
            return null;
        }
        return new Asked(from, reader.after(from, PAGE_EVENTS, Math.max(PAGE_BYTES, bytesMax)));
    }

    /** Called every so often while the client takes nothing: the second time in a row what is held is given up. */
    void rest() {
        if (isIdle) {
            forget();
        }
        isIdle = true;
    }

    /** Gives up what is held. */
    void forget() {
        reached = null;
        if (held != null) {
            held = null;
            budget.give();
        }
        Asked asked = next;
        if (asked != null) {
            next = null;
            asked.page().onComplete(done -> budget.give()); // until then its rows are on their way
        }
    }
}
