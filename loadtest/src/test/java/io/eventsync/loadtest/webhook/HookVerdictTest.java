package io.eventsync.loadtest.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.loadtest.webhook.Findings.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HookVerdictTest {

    @Test
    void endpointThatMissesEvents_isSilent_unlessItWasDisabledForIt() {
        WebhookHistory nothing = new WebhookHistory(List.of(), List.of(), List.of(), List.of(), Map.of(), List.of(), 1);
        Findings findings = new Findings();
        findings.add(Kind.LOST, "two");

        HookVerdict verdict = HookVerdict.of(
                nothing,
                List.of(report("whole", 0), report("told", 1), report("silent", 1)),
                0,
                List.of("told"),
                findings);

        assertThat(verdict.lost()).isEqualTo(2);
        assertThat(verdict.told()).containsExactly("told");
        assertThat(verdict.silent()).containsExactly("silent");
        assertThat(verdict.broken()).hasSize(1);
    }

    private static EndpointReport report(String endpoint, long lost) {
        return new EndpointReport(endpoint, "T", 5, 5 - lost, 0, lost, 5, 5, 0, 0, 0, 0);
    }
}
