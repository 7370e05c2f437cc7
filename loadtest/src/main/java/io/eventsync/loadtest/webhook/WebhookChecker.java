package io.eventsync.loadtest.webhook;

import io.eventsync.loadtest.webhook.Findings.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Holds a history to the promises. Knows neither network nor clock. */
final class WebhookChecker {

    static final long TAKEOVER_MICROS_MAX = 10_000_000;

    private WebhookChecker() {}

    /** What became of each endpoint's events; what is broken goes to the findings. */
    static List<EndpointReport> check(WebhookHistory history, Findings findings) {
        Map<String, EndpointCheck> checks = new LinkedHashMap<>();
        for (CheckedEndpoint endpoint : history.endpoints()) {
            Set<String> dead = history.deadLetters().getOrDefault(endpoint.name(), Set.of());
            EndpointCheck check = new EndpointCheck(endpoint, dead, findings);
            history.events().forEach(check::logged);
            checks.put(endpoint.name(), check);
        }
        for (ReceivedHook hook : history.received()) {
            EndpointCheck check = checks.get(hook.endpoint());
            if (check == null) {
                findings.add(Kind.STRAY, hook.endpoint() + " " + hook.webhookId());
            } else {
                check.received(hook);
            }
        }
        for (AuditedAttempt attempt : history.attempts()) {
            EndpointCheck check = checks.get(attempt.endpoint());
            if (check != null) {
                check.audited(attempt);
            }
        }
        List<EndpointReport> reports = new ArrayList<>();
        checks.values().forEach(check -> reports.add(check.check()));
        checkDuplicates(history, reports, findings);
        return reports;
    }

    /** Who is killed does not know what came of what was in flight: so much may be sent again, and no more. */
    private static void checkDuplicates(WebhookHistory history, List<EndpointReport> reports, Findings findings) {
        long duplicates = reports.stream().mapToLong(EndpointReport::duplicates).sum();
        long allowed = duplicatesMax(history);
        if (duplicates > allowed) {
            findings.add(Kind.TOO_MANY_DUPLICATES, duplicates + " where " + allowed + " are allowed");
        }
    }

    static long duplicatesMax(WebhookHistory history) {
        return (long) history.inFlightMax()
                * history.endpoints().size()
                * history.kills().size();
    }

    /** The longest wait for another node, in microseconds; late ones go to the findings. */
    static long longestTakeoverMicros(WebhookHistory history, Findings findings) {
        long longest = 0;
        for (Takeover.Wait wait : new Takeover(history).waits()) {
            longest = Math.max(longest, wait.micros());
            if (wait.micros() > TAKEOVER_MICROS_MAX) {
                findings.add(Kind.TAKEN_OVER_LATE, wait.endpoint() + " after " + wait.micros() / 1_000 + " ms");
            }
        }
        return longest;
    }
}
