package io.eventsync.server.grpc;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Pages of a list by name of which the caller may see only some: as long as everybody's, and without the names of the rest, not even in a
 * page token.
 */
final class VisiblePages<T> {
    private static final int ROWS_MIN = 100;
    private static final int ROWS = 1_000;

    private final Rows<T> rows;
    private final Function<T, String> name;
    private final Predicate<T> isVisible;

    /** Those after a name, in the order of the names. */
    interface Rows<T> {
        Future<List<T>> after(String name, int max);
    }

    /** @param nextToken empty if there is nothing more to see */
    record Visible<T>(List<T> entries, String nextToken) {}

    VisiblePages(Rows<T> rows, Function<T, String> name, Predicate<T> isVisible) {
        this.rows = rows;
        this.name = name;
        this.isVisible = isVisible;
    }

    Future<Visible<T>> after(String last, int size) {
        return collect(last, size, new ArrayList<>());
    }

    private Future<Visible<T>> collect(String last, int size, List<T> seen) {
        // One more than fits says that there is more.
        int max = Math.min(ROWS, Math.max(ROWS_MIN, size + 1));
        return rows.after(last, max).compose(page -> {
            page.stream().filter(isVisible).limit(size + 1L - seen.size()).forEach(seen::add);
            return seen.size() <= size && page.size() == max
                    ? collect(name.apply(page.get(max - 1)), size, seen)
                    : Future.succeededFuture(cut(seen, size));
        });
    }

    private Visible<T> cut(List<T> seen, int size) {
        return seen.size() <= size
                ? new Visible<>(seen, "")
                : new Visible<>(seen.subList(0, size), PageTokens.encode(name.apply(seen.get(size - 1))));
    }
}
