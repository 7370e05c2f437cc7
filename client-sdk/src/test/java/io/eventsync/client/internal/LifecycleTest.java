package io.eventsync.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.client.SubscriptionState;
import io.eventsync.client.internal.Lifecycle.Action;
import io.eventsync.client.internal.Lifecycle.Move;
import io.eventsync.client.internal.Lifecycle.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LifecycleTest {
    private static final String HEAD = "| State | "
            + String.join(" | ", Arrays.stream(Signal.values()).map(Enum::name).toList()) + " |";

    static Stream<Arguments> cells() {
        return Arrays.stream(SubscriptionState.values())
                .flatMap(state -> Arrays.stream(Signal.values()).map(signal -> Arguments.of(state, signal)));
    }

    @ParameterizedTest
    @MethodSource("cells")
    void cell_isSaid_andKeepsTheRulesOfAll(SubscriptionState state, Signal signal) {
        Move move = Lifecycle.move(state, signal);

        if (state.isOver()) {
            assertThat(move).isEqualTo(new Move(state, Action.NONE));
        } else if (signal == Signal.CLOSE) {
            assertThat(move).isEqualTo(new Move(SubscriptionState.CLOSED, Action.END));
        } else if (signal == Signal.REFUSED) {
            assertThat(move).isEqualTo(new Move(SubscriptionState.FAILED, Action.END));
        }
        assertThat(move.action() == Action.OPEN)
                .isEqualTo(state != move.to() && move.to() == SubscriptionState.CONNECTING);
        assertThat(move.action() == Action.WAIT)
                .isEqualTo(state != move.to() && move.to() == SubscriptionState.WAITING);
        assertThat(move.action() == Action.END)
                .isEqualTo(!state.isOver() && move.to().isOver());
        if (move.action() == Action.NONE) {
            assertThat(move.to()).isEqualTo(state);
        }
    }

    /** The drawing that people read has the same cells. */
    @Test
    void table_isTheOneInTheDocs() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("..", "docs", "STATE_MACHINES.md"));
        List<String> expected = new ArrayList<>(List.of(HEAD));
        for (SubscriptionState state : SubscriptionState.values()) {
            StringBuilder row = new StringBuilder("| " + state + " |");
            for (Signal signal : Signal.values()) {
                Move move = Lifecycle.move(state, signal);
                row.append(' ').append(text(state, move)).append(" |");
            }
            expected.add(row.toString());
        }

        List<String> documented = lines.stream()
                .dropWhile(line -> !line.equals(HEAD))
                .takeWhile(line -> line.startsWith("|"))
                .filter(line -> !line.startsWith("|---"))
                .toList();

        assertThat(documented).containsExactlyElementsOf(expected);
    }

    private static String text(SubscriptionState state, Move move) {
        if (move.action() == Action.NONE) {
            return "-";
        }
        String to = state == move.to() ? "" : " → " + move.to();
        return move.action().name().toLowerCase(java.util.Locale.ROOT) + to;
    }
}
