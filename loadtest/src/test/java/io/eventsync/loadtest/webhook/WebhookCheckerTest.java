package io.eventsync.loadtest.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.loadtest.webhook.Findings.Kind;
import io.eventsync.v1.AttemptOutcome;
import io.eventsync.v1.Ordering;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WebhookCheckerTest {

    private final Findings findings = new Findings();
    private final List<LoggedEvent> events = new ArrayList<>();
    private final List<ReceivedHook> received = new ArrayList<>();
    private final List<AuditedAttempt> attempts = new ArrayList<>();
    private final Map<String, Set<String>> deadLetters = new HashMap<>();
    private final List<Kill> kills = new ArrayList<>();
    private List<EndpointReport> reports = List.of();
    private Ordering ordering = Ordering.ORDERING_PARALLEL;

    @Test
    void check_findsNothing_whenAFailedEventIsTriedAgain() {
        log("a", "A.B", "");
        log("b", "C", "");
        send("a", 1, 500);
        send("a", 2, 200);

        check();

        assertThat(findings.describe()).isEmpty();
        assertThat(reports.get(0).events()).isEqualTo(1);
        assertThat(reports.get(0).accepted()).isEqualTo(1);
    }

    @Test
    void check_findsALoss_whenAnEventWasNeverAccepted() {
        log("a", "A", "");
        log("b", "A", "");
        log("c", "A", "");
        send("a", 1, 500);
        send("b", 1, 500);
        deadLetters.put("e", Set.of("b"));

        check();

        assertThat(findings.count(Kind.LOST)).isEqualTo(2);
        assertThat(reports.get(0).lost()).isEqualTo(2);
    }

    @Test
    void check_findsWhatIsNotAudited_whenARowIsMissingOrThereTwice() {
        log("a", "A", "");
        log("b", "A", "");
        receive("a", 1, 200, "x");
        send("b", 1, 500);
        receive("b", 2, 200, "x");
        audit("b", 1, AttemptOutcome.ATTEMPT_OUTCOME_FAILED, 500);

        check();

        assertThat(findings.count(Kind.NOT_AUDITED)).isEqualTo(2);
        assertThat(findings.count(Kind.NUMBERS)).isEqualTo(1);
    }

    @Test
    void check_findsAFalseRow_whenTheReceiverSaysOtherwise() {
        log("a", "A", "");
        receive("a", 1, 200, "x");
        audit("a", 1, AttemptOutcome.ATTEMPT_OUTCOME_FAILED, 500);
        audit("a", 3, AttemptOutcome.ATTEMPT_OUTCOME_STARTED, 0);
        audit("gone", 1, AttemptOutcome.ATTEMPT_OUTCOME_SUCCEEDED, 200);

        check();

        assertThat(findings.count(Kind.AUDIT_DIFFERS)).isEqualTo(2);
        assertThat(findings.count(Kind.LEFT_STARTED)).isEqualTo(1);
        assertThat(findings.count(Kind.NUMBERS)).isEqualTo(1);
    }

    @Test
    void check_findsOtherBytesStraysAndBadSignatures() {
        log("a", "A", "");
        log("b", "B", "");
        send("a", 1, 500);
        receive("a", 2, 401, "y");
        receive("b", 1, 200, "x");
        received.add(new ReceivedHook("other", "evt_a", 1, 200, "x", 0));

        check();

        assertThat(findings.count(Kind.BODY_CHANGED)).isEqualTo(1);
        assertThat(findings.count(Kind.BAD_SIGNATURE)).isEqualTo(1);
        assertThat(findings.count(Kind.STRAY)).isEqualTo(2);
    }

    @Test
    void check_allowsDuplicates_whenThereWereKills() {
        log("a", "A", "");
        send("a", 1, 200);
        send("a", 2, 200);
        check();
        assertThat(findings.count(Kind.TOO_MANY_DUPLICATES)).isEqualTo(1);

        kills.add(new Kill(0, "n", Set.of()));
        Findings after = new Findings();
        reports = WebhookChecker.check(history(), after);

        assertThat(after.isEmpty()).isTrue();
        assertThat(reports.get(0).duplicates()).isEqualTo(1);
    }

    @Test
    void check_findsARequestSentTwice_whenTheAttemptIsTheSame() {
        log("a", "A", "");
        send("a", 1, 500);
        receive("a", 1, 200, "x");

        check();

        assertThat(findings.count(Kind.SENT_TWICE)).isEqualTo(1);
    }

    @Test
    void check_findsInversions_whenOrderWasAskedFor() {
        ordering = Ordering.ORDERING_ORDERED;
        log("a", "A", "");
        log("b", "A", "");
        log("c", "A", "");
        send("b", 1, 200);
        send("a", 1, 500);
        send("c", 1, 200);
        send("a", 2, 200);

        check();

        assertThat(findings.count(Kind.INVERSION)).isEqualTo(1);
        assertThat(findings.count(Kind.STARTED_EARLY)).isEqualTo(1);
    }

    @Test
    void check_minds_onlyTheOrderOfAKey_whenByKey() {
        ordering = Ordering.ORDERING_ORDERED_BY_KEY;
        log("a1", "A", "k");
        log("b1", "A", "l");
        log("a2", "A", "k");
        log("none", "A", "");
        send("b1", 1, 200);
        send("none", 1, 200);
        send("a2", 1, 200);
        send("a1", 1, 200);

        check();

        assertThat(findings.count(Kind.INVERSION)).isEqualTo(1);
        assertThat(findings.count(Kind.STARTED_EARLY)).isEqualTo(1);
        assertThat(findings.describe()).hasSize(2).allMatch(line -> line.contains("a1") || line.contains("a2"));
    }

    @Test
    void takeover_isCountedFromTheKillOrTheFirstEventAfterIt() {
        events.add(new LoggedEvent(1, "a", "A", "", 1_000_000));
        events.add(new LoggedEvent(2, "b", "A", "", 9_000_000));
        kills.add(new Kill(5_000_000, "dead", Set.of("e")));
        kills.add(new Kill(30_000_000, "idle", Set.of("e")));
        received.add(new ReceivedHook("e", "evt_a", 1, 200, "x", 2_000_000));
        received.add(new ReceivedHook("e", "evt_b", 1, 200, "x", 20_000_000));
        attempts.add(
                new AuditedAttempt("e", "a", 1, 1, AttemptOutcome.ATTEMPT_OUTCOME_SUCCEEDED, 200, "dead", 2_000_000));
        attempts.add(
                new AuditedAttempt("e", "b", 2, 1, AttemptOutcome.ATTEMPT_OUTCOME_SUCCEEDED, 200, "other", 20_000_000));

        long longest = WebhookChecker.longestTakeoverMicros(history(), findings);

        assertThat(longest).isEqualTo(11_000_000);
        assertThat(findings.count(Kind.TAKEN_OVER_LATE)).isEqualTo(1);
    }

    @Test
    void webhookId_isAHash_whenTheIdIsNotPlain() {
        assertThat(WebhookIds.of("a_b-1")).isEqualTo("evt_a_b-1");
        assertThat(WebhookIds.of("a.b")).startsWith("evh_").hasSize(47);
    }

    private void check() {
        reports = WebhookChecker.check(history(), findings);
    }

    private WebhookHistory history() {
        return new WebhookHistory(
                List.of(new CheckedEndpoint("e", "A", ordering)), events, received, attempts, deadLetters, kills, 8);
    }

    private void log(String id, String tag, String key) {
        events.add(new LoggedEvent(events.size() + 1, id, tag, key, 0));
    }

    private void send(String id, int attempt, int status) {
        receive(id, attempt, status, "x");
        audit(
                id,
                attempt,
                status == 200 ? AttemptOutcome.ATTEMPT_OUTCOME_SUCCEEDED : AttemptOutcome.ATTEMPT_OUTCOME_FAILED,
                status);
    }

    private void receive(String id, int attempt, int status, String sha256) {
        received.add(new ReceivedHook("e", "evt_" + id, attempt, status, sha256, 0));
    }

    private void audit(String id, int number, AttemptOutcome outcome, int status) {
        attempts.add(new AuditedAttempt("e", id, 1, number, outcome, status, "n", 0));
    }
}
