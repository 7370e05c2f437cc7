package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.tag.TagPrefix;
import io.eventsync.v1.Event;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventFilterTest {
    private static final TagPrefix A = new TagPrefix("A");
    private static final TagPrefix A_B = new TagPrefix("A.B");
    private static final TagPrefix C = new TagPrefix("C");

    @Test
    void everything_matches_whenEmpty() {
        assertThat(EventFilter.ALL.matches(TestEvents.event(1, "X.Y"))).isTrue();
        assertThat(EventFilter.ALL.isAllTags()).isTrue();
        assertThat(EventFilter.ALL.isByTagOnly()).isTrue();
    }

    @Test
    void includes_areAlternatives_andExcludesTakeAway() {
        EventFilter filter = new EventFilter(List.of(A, C), List.of(A_B), Set.of(), Map.of());

        assertThat(List.of("A", "A.C", "C", "C.D")).allMatch(filter::matchesTag);
        assertThat(List.of("A.B", "A.B.C", "B", "AB", "CD")).noneMatch(filter::matchesTag);
        assertThat(filter.isAllTags()).isFalse();
    }

    @Test
    void excludes_takeAwayFromAll_whenNothingIsIncluded() {
        EventFilter filter = new EventFilter(List.of(), List.of(A), Set.of(), Map.of());

        assertThat(filter.matchesTag("B")).isTrue();
        assertThat(filter.matchesTag("A.B")).isFalse();
        assertThat(filter.isAllTags()).isFalse();
    }

    @Test
    void keys_areAlternatives() {
        EventFilter filter = new EventFilter(List.of(), List.of(), Set.of("k1", "k2"), Map.of());

        assertThat(filter.matches(TestEvents.event(1, "A", "k2"))).isTrue();
        assertThat(filter.matches(TestEvents.event(1, "A", "k3"))).isFalse();
        assertThat(filter.matches(TestEvents.event(1, "A"))).isFalse();
        assertThat(filter.isByTagOnly()).isFalse();
        assertThat(filter.isAllTags()).isTrue();
    }

    @Test
    void attributes_mustAllBeThere() {
        EventFilter filter = new EventFilter(List.of(A), List.of(), Set.of(), Map.of("x", "1", "y", ""));

        assertThat(filter.matches(with("A", Map.of("x", "1", "y", "", "z", "3"))))
                .isTrue();
        assertThat(filter.matches(with("A", Map.of("x", "1")))).isFalse();
        assertThat(filter.matches(with("A", Map.of("x", "1", "y", "2")))).isFalse();
        assertThat(filter.matches(with("B", Map.of("x", "1", "y", "")))).isFalse();
    }

    private static LogEvent with(String tag, Map<String, String> attributes) {
        return TestEvents.event(
                1, tag, Event.newBuilder().putAllAttributes(attributes).build());
    }
}
