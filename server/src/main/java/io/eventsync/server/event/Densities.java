package io.eventsync.server.event;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.eventsync.server.tag.TagPrefix;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * The share of the log's events that have the tags of a filter. Remembered for a few seconds, or each page of a poller would ask: it only
 * has to be right to a few per cent. Any thread.
 */
final class Densities {
    private static final int FILTERS_MAX = 1_000;
    private static final Duration AGE_MAX = Duration.ofSeconds(10);

    private final ReadStore store;
    private final LiveTail tail;
    private final Cache<Tags, Double> known = Caffeine.newBuilder()
            .maximumSize(FILTERS_MAX)
            .expireAfterWrite(AGE_MAX)
            .build();

    Densities(ReadStore store, LiveTail tail) {
        this.store = store;
        this.tail = tail;
    }

    private record Tags(List<TagPrefix> include, List<TagPrefix> exclude) {}

    /** @param tagIds of the filter's tags */
    Future<Double> of(EventFilter filter, Integer[] tagIds) {
        Tags tags = new Tags(filter.include(), filter.exclude());
        Double density = known.getIfPresent(tags);
        if (density != null) {
            return Future.succeededFuture(density);
        }
        return store.matchingEvents(tagIds).map(matching -> {
            long indexed = tail.indexed() - tail.earliest() + 1;
            if (indexed <= 0) {
                return 1.0; // and another one soon
            }
            double measured = (double) matching / indexed;
            known.put(tags, measured);
            return measured;
        });
    }
}
