package io.eventsync.server.event;

import org.jspecify.annotations.Nullable;

/**
 * The tag numbers that a filter's prefixes select, kept until the dictionary grows. For one reader; not thread-safe, but two of them
 * may exist for one filter.
 */
final class TagSelection {
    private final EventFilter filter;
    private final TagDictionary tags;
    private Integer @Nullable [] ids;
    private int sizeThen;

    TagSelection(EventFilter filter, TagDictionary tags) {
        this.filter = filter;
        this.tags = tags;
    }

    Integer[] ids() {
        Integer[] known = ids;
        int size = tags.size();
        if (known == null || size != sizeThen) {
            known = tags.idsWhere(filter::matchesTag);
            ids = known;
            sizeThen = size;
        }
        return known;
    }
}
