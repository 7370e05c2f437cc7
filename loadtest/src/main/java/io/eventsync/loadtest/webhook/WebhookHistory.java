package io.eventsync.loadtest.webhook;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a run left behind.
 *
 * @param events of the log, by position
 * @param received by the receiver, in the order in which they came
 * @param attempts on record, in no order
 * @param deadLetters ids of events by endpoint
 * @param inFlightMax requests to one endpoint at once
 */
record WebhookHistory(
        List<CheckedEndpoint> endpoints,
        List<LoggedEvent> events,
        List<ReceivedHook> received,
        List<AuditedAttempt> attempts,
        Map<String, Set<String>> deadLetters,
        List<Kill> kills,
        int inFlightMax) {}
