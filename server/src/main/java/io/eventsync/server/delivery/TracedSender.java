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
        Work work = tracing.request("deliver", attempt.traceparents());
        work.note("eventsync.endpoint", endpoint);
        work.note("eventsync.position", attempt.first().position());
        work.note("eventsync.events", attempt.deliveries().size());
        work.note("eventsync.attempt", attempt.number());
        attempt.as(work);
        return sender.send(attempt).onSuccess(result -> {
            if (result.status() > 0) {
                work.note("http.response.status_code", result.status());
            }
            work.end(result.error().map(AttemptError::name).orElse(null));
        });
    }
}
