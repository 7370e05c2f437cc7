package io.eventsync.loadtest.webhook;

/**
 * A request as the receiver wrote it down, before it answered.
 *
 * @param attempt what the request said it was
 * @param status what it was answered; 0 if nothing
 */
record ReceivedHook(String endpoint, String webhookId, int attempt, int status, String sha256, long timeMicros) {

    boolean isAccepted() {
        return status >= 200 && status < 300;
    }
}
