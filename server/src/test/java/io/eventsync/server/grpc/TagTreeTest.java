package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.event.TagCount;
import io.eventsync.server.tag.TagPrefix;
import io.eventsync.v1.ListTagsResponse;
import io.eventsync.v1.TagInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TagTreeTest {
    private static final List<TagCount> COUNTS = List.of(
            new TagCount("A.B", 2, 20),
            new TagCount("A", 1, 30),
            new TagCount("A.B.C", 4, 10),
            new TagCount("AB", 8, 5),
            new TagCount("C.D.E", 16, 7),
            new TagCount("GONE", 0, 3));

    @Test
    void top_sumsEverythingBelow() {
        assertThat(below(Optional.empty(), 1).getTagsList())
                .containsExactly(tag("A", 7, 30, true), tag("AB", 8, 5, false), tag("C", 16, 7, true));
    }

    @Test
    void levels_areListedDownToTheDepth() {
        assertThat(below(Optional.empty(), 2).getTagsList())
                .containsExactly(
                        tag("A", 7, 30, true),
                        tag("A.B", 6, 20, true),
                        tag("AB", 8, 5, false),
                        tag("C", 16, 7, true),
                        tag("C.D", 16, 7, true));
    }

    @Test
    void parent_isLeftOut() {
        assertThat(below(Optional.of(new TagPrefix("A")), 8).getTagsList())
                .containsExactly(tag("A.B", 6, 20, true), tag("A.B.C", 4, 10, false));
        assertThat(below(Optional.of(new TagPrefix("X")), 8).getTagsList()).isEmpty();
    }

    @Test
    void list_isTruncated_whenTooLong() {
        List<TagCount> many = new ArrayList<>();
        for (int i = 0; i < 10_001; i++) {
            many.add(new TagCount("T" + i, 1, 1));
        }

        assertThat(TagTree.below(Optional.empty(), 1, many.subList(0, 10_000)).getTruncated())
                .isFalse();
        ListTagsResponse cut = TagTree.below(Optional.empty(), 1, many);
        assertThat(cut.getTruncated()).isTrue();
        assertThat(cut.getTagsCount()).isEqualTo(10_000);
    }

    private static ListTagsResponse below(Optional<TagPrefix> parent, int depth) {
        return TagTree.below(parent, depth, COUNTS);
    }

    private static TagInfo tag(String tag, long events, long lastPosition, boolean hasChildren) {
        return TagInfo.newBuilder()
                .setTag(tag)
                .setEvents(events)
                .setLastPosition(lastPosition)
                .setHasChildren(hasChildren)
                .build();
    }
}
