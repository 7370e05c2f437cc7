package io.eventsync.server.delivery;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What came of an attempt.
 *
 * @param error empty if it succeeded
 * @param message for people, at most 256 characters
 * @param status HTTP status or SMTP reply code, 0 if none came
 * @param remote the address it connected to, or empty
 * @param headers of the answer, those worth keeping
 * @param excerpt the first bytes of the answer
 * @param retryAfterMillis how long the receiver asked to be left alone, 0 if it did not
 * @param isFinal whether the receiver refused the event for good
 * @param unacknowledged positions of a batch that have to be sent again; only with PARTIAL
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
record AttemptResult(
        Optional<AttemptError> error,
        String message,
        int status,
        long latencyMicros,
        String remote,
        Map<String, String> headers,
        byte[] excerpt,
        long retryAfterMillis,
        boolean isFinal,
        Set<Long> unacknowledged) {
    private static final byte[] NOTHING = {};

    AttemptResult {
        headers = Map.copyOf(headers);
        unacknowledged = Set.copyOf(unacknowledged);
    }

    static AttemptResult success(int status, long latencyMicros) {
        return new AttemptResult(
                Optional.empty(), "", status, latencyMicros, "", Map.of(), NOTHING, 0, false, Set.of());
    }

    static AttemptResult failure(AttemptError error, String message, int status, long latencyMicros) {
        return new AttemptResult(
                Optional.of(error), message, status, latencyMicros, "", Map.of(), NOTHING, 0, false, Set.of());
    }

    AttemptResult withRetryAfter(long millis) {
        return new AttemptResult(
                error, message, status, latencyMicros, remote, headers, excerpt, millis, isFinal, unacknowledged);
    }

    AttemptResult asFinal() {
        return new AttemptResult(
                error,
                message,
                status,
                latencyMicros,
                remote,
                headers,
                excerpt,
                retryAfterMillis,
                true,
                unacknowledged);
    }

    AttemptOutcome outcome() {
        return error.isEmpty() ? AttemptOutcome.SUCCEEDED : AttemptOutcome.FAILED;
    }

    boolean is(AttemptError kind) {
        return error.isPresent() && error.get() == kind;
    }

    /** Whether the receiver took this event. */
    boolean tookEvent(long position) {
        return error.isEmpty() || (is(AttemptError.PARTIAL) && !unacknowledged.contains(position));
    }
}
