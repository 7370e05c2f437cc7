package io.eventsync.client.webhook;

/** A request that is not to be trusted, or not to be understood. */
public final class WebhookException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Problem problem;

    /** What is wrong. */
    public enum Problem {
        /** A header of Standard Webhooks is missing or not of its form. */
        HEADER,
        /** Sent too long ago, or in the future: a recording that is played back, or a clock that is wrong. */
        TIMESTAMP,
        /** No signature is right. */
        SIGNATURE,
        /** The body is not what the endpoint's format says. */
        BODY;

        int status() {
            return this == BODY ? 400 : 401;
        }
    }

    WebhookException(Problem problem, String message) {
        super(message);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
