package io.eventsync.server.grpc;

import io.eventsync.server.event.TagCount;
import io.eventsync.server.tag.TagPrefix;
import io.eventsync.v1.ListTagsResponse;
import io.eventsync.v1.TagInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Sums counts of whole tags up the tree. */
final class TagTree {
    private static final int TAGS_MAX = 10_000;

    private TagTree() {}

    /** The tags up to {@code depth} levels below the parent, in the order of their text. */
    static ListTagsResponse below(Optional<TagPrefix> parent, int depth, List<TagCount> counts) {
        Map<String, TagInfo.Builder> nodes = new TreeMap<>();
        int base = parent.map(p -> p.text().length() + 1).orElse(0);
        for (TagCount count : counts) {
            if (count.events() > 0
                    && count.tag().length() > base
                    && parent.map(p -> p.matches(count.tag())).orElse(true)) {
                add(nodes, count, base, depth);
            }
        }
        ListTagsResponse.Builder response = ListTagsResponse.newBuilder();
        nodes.values().stream().limit(TAGS_MAX).forEach(response::addTags);
        return response.setTruncated(nodes.size() > TAGS_MAX).build();
    }

    private static void add(Map<String, TagInfo.Builder> nodes, TagCount count, int base, int depth) {
        int end = base;
        for (int level = 0; level < depth && end >= 0; level++) {
            end = count.tag().indexOf('.', level == 0 ? base : end + 1);
            String name = end < 0 ? count.tag() : count.tag().substring(0, end);
            TagInfo.Builder node =
                    nodes.computeIfAbsent(name, n -> TagInfo.newBuilder().setTag(n));
            node.setEvents(node.getEvents() + count.events());
            node.setLastPosition(Math.max(node.getLastPosition(), count.lastPosition()));
            node.setHasChildren(node.getHasChildren() || end >= 0);
        }
    }
}
