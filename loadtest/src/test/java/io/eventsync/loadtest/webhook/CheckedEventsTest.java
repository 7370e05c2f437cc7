package io.eventsync.loadtest.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.v1.Event;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckedEventsTest {

    @Test
    void prefixes_areTheWidestFirst_withoutTwoThatMatchTheSame() {
        List<Event> events = List.of(event("A.X.1"), event("A.X.1"), event("A.Y"), event("B"));

        assertThat(CheckedEvents.prefixes(events, 3)).containsExactly("A", "A.X", "A.Y");
        assertThat(CheckedEvents.prefixes(events, 6)).containsExactly("A", "A.X", "A.Y", "B", "A", "A.X");
    }

    @Test
    void madeUp_haveKeysAndManyTags() {
        List<Event> events = CheckedEvents.madeUp(1_000, "r");

        assertThat(events).extracting(Event::getId).doesNotHaveDuplicates();
        assertThat(events.stream().map(Event::getTag).distinct()).hasSize(40);
        assertThat(events.stream().map(Event::getKey).distinct()).hasSize(500);
    }

    private static Event event(String tag) {
        return Event.newBuilder().setTag(tag).build();
    }
}
