package io.eventsync.loadtest.webhook;

import io.eventsync.loadtest.webhook.Findings.Kind;
import io.eventsync.v1.AttemptOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds what one endpoint was sent to what the log and the audit say of it. */
final class EndpointCheck {

    private final CheckedEndpoint endpoint;
    private final Findings findings;
    private final Set<String> deadLetters;
    private final List<LoggedEvent> events = new ArrayList<>();
    private final Map<String, LoggedEvent> byWebhookId = new HashMap<>();
    private final Map<String, LoggedEvent> before = new HashMap<>();
    private final List<ReceivedHook> received = new ArrayList<>();
    private final Map<String, List<AuditedAttempt>> attempts = new HashMap<>();
    private final Map<String, String> bodies = new HashMap<>();
    private final Set<String> accepted = new HashSet<>();
    private long attemptCount;
    private long unknown;
    private long duplicates;
    private long inversions;
    private long startedEarly;
    private long lost;

    EndpointCheck(CheckedEndpoint endpoint, Set<String> deadLetters, Findings findings) {
        this.endpoint = endpoint;
        this.deadLetters = deadLetters;
        this.findings = findings;
    }

    /** In the order of the log. */
    void logged(LoggedEvent event) {
        if (endpoint.matches(event.tag())) {
            events.add(event);
            byWebhookId.put(WebhookIds.of(event.id()), event);
        }
    }

    /** In the order in which they came. */
    void received(ReceivedHook hook) {
        received.add(hook);
    }

    void audited(AuditedAttempt attempt) {
        attemptCount++;
        attempts.computeIfAbsent(WebhookIds.of(attempt.eventId()), id -> new ArrayList<>())
                .add(attempt);
    }

    EndpointReport check() {
        linkGroups();
        Map<String, Set<Integer>> seen = new HashMap<>();
        Map<String, Long> lastFirst = new HashMap<>();
        for (ReceivedHook hook : received) {
            receive(hook, seen.computeIfAbsent(hook.webhookId(), id -> new HashSet<>()), lastFirst);
        }
        attempts.forEach((id, rows) -> checkRows(rows, seen.getOrDefault(id, Set.of())));
        checkOutcomes();
        for (LoggedEvent event : events) {
            if (!accepted.contains(WebhookIds.of(event.id())) && !deadLetters.contains(event.id())) {
                lost++;
                findings.add(Kind.LOST, what(event.id()) + " at " + event.position());
            }
        }
        return new EndpointReport(
                endpoint.name(),
                endpoint.prefix(),
                events.size(),
                accepted.size(),
                deadLetters.size(),
                lost,
                received.size(),
                attemptCount,
                unknown,
                duplicates,
                inversions,
                startedEarly);
    }

    /** Which event goes ahead of which, where order was asked for. */
    private void linkGroups() {
        Map<String, LoggedEvent> last = new HashMap<>();
        for (LoggedEvent event : events) {
            String group = group(event);
            LoggedEvent ahead = group == null ? null : last.put(group, event);
            if (ahead != null) {
                before.put(event.id(), ahead);
            }
        }
    }

    private @Nullable String group(LoggedEvent event) {
        return switch (endpoint.ordering()) {
            case ORDERING_ORDERED -> "";
            case ORDERING_ORDERED_BY_KEY -> event.key().isEmpty() ? null : event.key();
            default -> null;
        };
    }

    private void receive(ReceivedHook hook, Set<Integer> numbers, Map<String, Long> lastFirst) {
        LoggedEvent event = byWebhookId.get(hook.webhookId());
        if (event == null) {
            findings.add(Kind.STRAY, endpoint.name() + " " + hook.webhookId());
            return;
        }
        if (hook.status() == 401) {
            findings.add(Kind.BAD_SIGNATURE, what(event.id()) + " attempt " + hook.attempt());
        }
        if (numbers.isEmpty()) {
            receiveFirst(event, lastFirst);
        }
        if (!numbers.add(hook.attempt())) {
            findings.add(Kind.SENT_TWICE, what(event.id()) + " attempt " + hook.attempt());
        }
        String body = bodies.putIfAbsent(hook.webhookId(), hook.sha256());
        if (body != null && !body.equals(hook.sha256())) {
            findings.add(Kind.BODY_CHANGED, what(event.id()) + " attempt " + hook.attempt());
        }
        if (hook.isAccepted() && !accepted.add(hook.webhookId())) {
            duplicates++;
        }
    }

    private void receiveFirst(LoggedEvent event, Map<String, Long> lastFirst) {
        String group = group(event);
        if (group == null) {
            return;
        }
        long highest = lastFirst.merge(group, event.position(), Math::max);
        if (highest > event.position()) {
            inversions++;
            findings.add(Kind.INVERSION, what(event.id()) + " at " + event.position() + " after " + highest);
        }
        LoggedEvent ahead = before.get(event.id());
        if (ahead != null && !accepted.contains(WebhookIds.of(ahead.id())) && !deadLetters.contains(ahead.id())) {
            startedEarly++;
            findings.add(Kind.STARTED_EARLY, what(event.id()) + " before " + ahead.id() + " was done with");
        }
    }

    private void checkRows(List<AuditedAttempt> rows, Set<Integer> received) {
        Set<Integer> numbers = new HashSet<>();
        for (AuditedAttempt row : rows) {
            if (!numbers.add(row.number())) {
                findings.add(Kind.NUMBERS, what(row.eventId()) + " attempt " + row.number() + " is there twice");
            }
            if (row.outcome() == AttemptOutcome.ATTEMPT_OUTCOME_STARTED) {
                findings.add(Kind.LEFT_STARTED, what(row.eventId()) + " attempt " + row.number());
            }
            unknown += row.outcome() == AttemptOutcome.ATTEMPT_OUTCOME_UNKNOWN ? 1 : 0;
        }
        for (int number = 1; number <= numbers.size(); number++) {
            if (!numbers.contains(number)) {
                findings.add(
                        Kind.NUMBERS,
                        what(rows.get(0).eventId()) + " has " + numbers.size() + " attempts and no number " + number);
            }
        }
        for (int number : received) {
            if (!numbers.contains(number)) {
                findings.add(Kind.NOT_AUDITED, what(rows.get(0).eventId()) + " attempt " + number);
            }
        }
    }

    /** Row by row what the receiver says of it. */
    private void checkOutcomes() {
        Map<String, Integer> answers = new HashMap<>();
        for (ReceivedHook hook : received) {
            answers.put(hook.webhookId() + " " + hook.attempt(), hook.status());
            if (!attempts.containsKey(hook.webhookId()) && byWebhookId.containsKey(hook.webhookId())) {
                findings.add(Kind.NOT_AUDITED, endpoint.name() + " " + hook.webhookId());
            }
        }
        attempts.forEach((id, rows) -> {
            for (AuditedAttempt row : rows) {
                Integer answer = answers.get(id + " " + row.number());
                boolean isAnswered = row.outcome() == AttemptOutcome.ATTEMPT_OUTCOME_SUCCEEDED || row.status() > 0;
                if (isAnswered && (answer == null || answer != row.status())) {
                    findings.add(
                            Kind.AUDIT_DIFFERS,
                            what(row.eventId()) + " attempt " + row.number() + " says " + row.status()
                                    + ", the receiver " + answer);
                }
            }
        });
    }

    private String what(String eventId) {
        return endpoint.name() + " " + eventId;
    }
}
