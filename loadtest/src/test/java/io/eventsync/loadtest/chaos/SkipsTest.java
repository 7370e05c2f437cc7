package io.eventsync.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SkipsTest {

    @Test
    void faultsOfADatabaseOfOthers_areLeftOut_andThatIsSaid() {
        Skips skips = new Skips(true);

        List<FaultKind> possible =
                skips.possible(List.of(FaultKind.KILL_SERVER, FaultKind.KILL_POSTGRES, FaultKind.POWER_CUT), false);

        assertThat(possible).containsExactly(FaultKind.KILL_SERVER);
        assertThat(skips.reasons())
                .hasSize(2)
                .allSatisfy(reason -> assertThat(reason).contains("--database-url"));
    }

    @Test
    void everyKind_isPossibleOrHasAReason() {
        Skips skips = new Skips(false);

        List<FaultKind> possible = skips.possible(Arrays.asList(FaultKind.values()), false);

        assertThat(possible.size() + skips.reasons().size()).isEqualTo(FaultKind.values().length);
        assertThat(possible).contains(FaultKind.KILL_SERVER, FaultKind.FREEZE, FaultKind.NET_DROP);
    }

    @Test
    void kinds_areReadAsTheyAreWritten_andOthersAreRefusedByName() throws Exception {
        FaultKind.Text text = new FaultKind.Text();
        for (FaultKind kind : FaultKind.values()) {
            assertThat(text.convert(kind.label())).isEqualTo(kind);
            assertThat(kind.summary()).isNotBlank();
        }
        assertThatThrownBy(() -> text.convert("earthquake")).hasMessageContaining("kill-server");
    }
}
