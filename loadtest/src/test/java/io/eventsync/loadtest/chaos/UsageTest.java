package io.eventsync.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UsageTest {

    private final Usage before = new Usage(7, 20, 100, 50, 14);

    @Test
    void least_isThatOfEach() {
        assertThat(before.least(new Usage(7, 19, 108, 49, 15))).isEqualTo(new Usage(7, 19, 100, 49, 14));
    }

    @Test
    void growth_isFound_beyondItsShareAndTheSlack() {
        assertThat(before.growth(new Usage(7, 21, 103, 53, 17), 3)).isEmpty();

        assertThat(before.growth(new Usage(7, 21.1, 104, 54, 18), 3))
                .containsExactly(
                        "GROWTH heap 20.0 -> 21.1 MB",
                        "GROWTH files 100 -> 104",
                        "GROWTH threads 50 -> 54",
                        "GROWTH connections 14 -> 18");
    }

    @Test
    void growth_isNotKnown_whenTheServerIsAnother() {
        assertThat(before.growth(new Usage(8, 1, 1, 1, 1), 3))
                .hasSize(1)
                .first()
                .asString()
                .contains("not known");
    }
}
