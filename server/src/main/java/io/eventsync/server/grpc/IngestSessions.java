package io.eventsync.server.grpc;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The open producer sessions of a node, so that they can be told to end. */
final class IngestSessions {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Map<IngestSession, Context> open = new ConcurrentHashMap<>();
    private volatile boolean draining;

    /** @param make the session, given what it is to run when it ends */
    IngestSession open(Call call, Function<Runnable, IngestSession> make) {
        IngestSession[] made = new IngestSession[1];
        IngestSession session = make.apply(() -> open.remove(made[0]));
        made[0] = session;
        if (draining) {
            call.fail(EventRpcs.draining(RETRY_AFTER));
            return session;
        }
        open.put(session, Vertx.currentContext());
        session.begin();
        if (draining) { // since the look above; whoever drains may have missed it
            session.drain(EventRpcs.draining(RETRY_AFTER), RETRY_AFTER);
        }
        return session;
    }

    void drain() {
        draining = true;
        open.forEach((session, context) ->
                context.runOnContext(v -> session.drain(EventRpcs.draining(RETRY_AFTER), RETRY_AFTER)));
    }
}
