package io.eventsync.server.delivery;

import io.eventsync.server.tracing.Tracing;
import io.eventsync.server.tracing.Work;
import io.vertx.core.Future;

/** Makes a span of each attempt, and has the receiver told of it. */
final class TracedSender implements Sender {
    private final Tracing tracing;
    private final String endpoint;
    private final Sender sender;

    TracedSender(Tracing tracing, String endpoint, Sender sender) {
        this.tracing = tracing;
        this.endpoint = endpoint;
        this.sender = sender;
    }

    @Override
    public Future<AttemptResult> send(Attempt attempt) {
        Work work = tracing.request("deliver", attempt.traceparents())
                .with("eventsync.endpoint", endpoint)
                .with("eventsync.position", attempt.first().position())
                .with("eventsync.events", attempt.deliveries().size())
                .with("eventsync.attempt", attempt.number());
        attempt.as(work);
        return sender.send(attempt).onSuccess(result -> {
            if (result.status() > 0) {
                work.with("http.response.status_code", result.status());
            }
            work.end(result.error().map(AttemptError::name).orElse(null));
        });
    }
}
