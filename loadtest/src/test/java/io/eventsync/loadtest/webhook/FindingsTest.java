package io.eventsync.loadtest.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FindingsTest {
    /** No endpoint can tell: it was sent nothing, and nothing says that it should have been. */
    @Test
    void acknowledgedEvent_thatTheLogDoesNotHave_isLost() {
        Findings findings = new Findings();
        findings.acknowledged(Set.of(), List.of());
        assertThat(findings.isEmpty()).isTrue();

        findings.acknowledged(Set.of("a", "b"), List.of(new LoggedEvent(1, "a", "T", "", 0)));

        assertThat(findings.count(Findings.Kind.LOST)).isEqualTo(1);
    }
}
