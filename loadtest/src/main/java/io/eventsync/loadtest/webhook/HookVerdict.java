package io.eventsync.loadtest.webhook;

import java.util.List;

/**
 * What became of the deliveries of a run.
 *
 * @param requests that the receiver saw
 * @param attempts on record
 * @param unknown attempts whose end nobody saw
 * @param lost events that neither were accepted nor are dead letters
 * @param duplicates events accepted again
 * @param duplicatesMax of them that the faults explain
 * @param takeoverMillisMax the longest wait for another node
 * @param told endpoints that the server disabled because their place is in a history that is no more
 * @param silent endpoints with events that are lost, and nobody says so
 * @param broken promises, by kind, with examples
 */
public record HookVerdict(
        long requests,
        long attempts,
        long unknown,
        long lost,
        long deadLetters,
        long duplicates,
        long duplicatesMax,
        long takeoverMillisMax,
        List<String> told,
        List<String> silent,
        List<String> broken) {

    static HookVerdict of(
            WebhookHistory history,
            List<EndpointReport> reports,
            long takeoverMicrosMax,
            List<String> told,
            Findings findings) {
        return new HookVerdict(
                history.received().size(),
                history.attempts().size(),
                reports.stream().mapToLong(EndpointReport::unknown).sum(),
                reports.stream().mapToLong(EndpointReport::lost).sum(),
                reports.stream().mapToLong(EndpointReport::deadLetters).sum(),
                reports.stream().mapToLong(EndpointReport::duplicates).sum(),
                WebhookChecker.duplicatesMax(history),
                takeoverMicrosMax / 1_000,
                told,
                reports.stream()
                        .filter(report -> report.lost() > 0 && !told.contains(report.endpoint()))
                        .map(EndpointReport::endpoint)
                        .toList(),
                findings.describe());
    }
}
