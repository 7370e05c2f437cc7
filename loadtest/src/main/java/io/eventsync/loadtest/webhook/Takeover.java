package io.eventsync.loadtest.webhook;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How long the endpoints of a dead node waited for another one: from the kill, or from the first event after it, to the first attempt
 * by somebody else. An endpoint that had nothing to send says nothing.
 */
final class Takeover {

    private final WebhookHistory history;
    private final Map<String, List<AuditedAttempt>> byEndpoint = new HashMap<>();
    private final Map<String, Map<String, Long>> acceptedMicros = new HashMap<>();

    Takeover(WebhookHistory history) {
        this.history = history;
        history.attempts()
                .forEach(a -> byEndpoint
                        .computeIfAbsent(a.endpoint(), e -> new ArrayList<>())
                        .add(a));
        byEndpoint.values().forEach(list -> list.sort(Comparator.comparingLong(AuditedAttempt::startMicros)));
        for (ReceivedHook hook : history.received()) {
            if (hook.isAccepted()) {
                acceptedMicros
                        .computeIfAbsent(hook.endpoint(), e -> new HashMap<>())
                        .putIfAbsent(hook.webhookId(), hook.timeMicros());
            }
        }
    }

    /** Of each endpoint of each dead node, as far as there was something to send. */
    List<Wait> waits() {
        List<Wait> waits = new ArrayList<>();
        for (Kill kill : history.kills()) {
            for (CheckedEndpoint endpoint : history.endpoints()) {
                if (kill.owned().contains(endpoint.name())) {
                    OptionalLong begin = beginMicros(kill, endpoint);
                    begin.ifPresent(from -> next(kill, endpoint)
                            .ifPresent(
                                    to -> waits.add(new Wait(endpoint.name(), kill.nodeId(), Math.max(0, to - from)))));
                }
            }
        }
        return waits;
    }

    /** @param micros it waited */
    record Wait(String endpoint, String nodeId, long micros) {}

    private OptionalLong beginMicros(Kill kill, CheckedEndpoint endpoint) {
        Map<String, Long> accepted = acceptedMicros.getOrDefault(endpoint.name(), Map.of());
        return history.events().stream()
                .filter(event -> endpoint.matches(event.tag()))
                .filter(event -> accepted.getOrDefault(WebhookIds.of(event.id()), Long.MAX_VALUE) > kill.timeMicros())
                .mapToLong(event -> Math.max(kill.timeMicros(), event.ingestMicros()))
                .min();
    }

    private OptionalLong next(Kill kill, CheckedEndpoint endpoint) {
        return byEndpoint.getOrDefault(endpoint.name(), List.of()).stream()
                .filter(a -> a.startMicros() > kill.timeMicros() && !a.nodeId().equals(kill.nodeId()))
                .mapToLong(AuditedAttempt::startMicros)
                .findFirst();
    }
}
