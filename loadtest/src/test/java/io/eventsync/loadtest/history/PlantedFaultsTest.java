package io.eventsync.loadtest.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checker of histories is checked: whatever is broken in a random history that was right, it finds, and says what it is. */
class PlantedFaultsTest {

    private static final int HISTORIES = 300;

    @Test
    void check_findsNothing_inRandomHistoriesThatAreRight() {
        for (long seed = 0; seed < HISTORIES; seed++) {
            assertThat(check(new RandomHistory(new Random(seed))))
                    .as("seed %s", seed)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void check_findsThePlantedFault_whereverItIs(Fault fault) {
        for (long seed = 0; seed < HISTORIES; seed++) {
            Random random = new Random(seed);
            RandomHistory history = new RandomHistory(random);
            fault.plant.accept(history, random);

            assertThat(check(history))
                    .as("seed %s", seed)
                    .isNotEmpty()
                    .isSubsetOf(fault.signs)
                    .containsAnyElementsOf(fault.proofs);
        }
    }

    private static Set<Property> check(RandomHistory history) {
        return HistoryChecker.check(history.recorded()).stream()
                .map(Violation::property)
                .collect(Collectors.toSet());
    }

    /** What may go wrong, the properties one of which it has to break, and those that may break beside. */
    @SuppressWarnings("ImmutableEnumChecker") // method references and List.of do not change
    enum Fault {
        LOST_ON_A_STREAM(RandomHistory::lose, List.of(Property.RELIABLE, Property.RESUMABLE), List.of()),
        GAP_ON_A_STREAM(RandomHistory::skip, List.of(Property.RELIABLE, Property.RESUMABLE), List.of()),
        REPEATED_ON_A_STREAM(RandomHistory::repeat, List.of(Property.UNIQUE), List.of()),
        SWAPPED_ON_A_STREAM(RandomHistory::swap, List.of(Property.ORDERED), List.of()),
        CURSOR_BEYOND_WHAT_WAS_SENT(RandomHistory::cursorTooFar, List.of(Property.BOOKMARKABLE), List.of()),
        CURSOR_BACKWARDS(RandomHistory::cursorBack, List.of(Property.BOOKMARKABLE), List.of()),
        ANOTHER_READERS_EVENT(RandomHistory::leak, List.of(Property.FILTER), List.of()),
        ACKNOWLEDGED_AND_LOST(RandomHistory::loseFromTheLog, List.of(Property.DURABLE), List.of()),
        POSITION_GIVEN_TWICE(
                RandomHistory::acknowledgeAtAnothersPosition,
                List.of(Property.UNIQUE),
                List.of(Property.DURABLE, Property.REAL_TIME_ORDER)),
        POSITION_USED_AGAIN(
                RandomHistory::putAnotherInItsPlace,
                List.of(Property.DURABLE),
                List.of(Property.RELIABLE, Property.RESUMABLE)),
        STORED_TWICE(RandomHistory::storeTwice, List.of(Property.UNIQUE), List.of()),
        LATER_BEFORE_EARLIER(RandomHistory::invert, List.of(Property.REAL_TIME_ORDER), List.of());

        private final BiConsumer<RandomHistory, Random> plant;
        private final List<Property> proofs;
        private final Set<Property> signs;

        Fault(BiConsumer<RandomHistory, Random> plant, List<Property> proofs, List<Property> beside) {
            this.plant = plant;
            this.proofs = proofs;
            this.signs = java.util.stream.Stream.concat(proofs.stream(), beside.stream())
                    .collect(Collectors.toUnmodifiableSet());
        }
    }
}
