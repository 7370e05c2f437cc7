package io.eventsync.server.grpc;

import io.eventsync.server.auth.Authenticator;
import io.eventsync.server.auth.Credentials;
import io.eventsync.server.auth.Principal;
import io.eventsync.server.auth.Quotas;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets nobody in who does not say who it is, but to ask for health; and shows out whose token was revoked or has expired while a call was
 * open. One per event loop.
 */
final class Gate {
    private static final String OPEN = "grpc.health.v1.Health/";

    private final Authenticator authenticator;
    private final Quotas quotas;
    private final AuditTrail trail;
    private final Map<Call, Runnable> inside = new HashMap<>();

    Gate(Services services) {
        this.authenticator = services.authenticator();
        this.quotas = services.quotas();
        this.trail = new AuditTrail(services.log());
    }

    /** Succeeds when the call has its principal; fails when it may not go on. The call is told by whoever waits for this. */
    Future<Void> enter(String method, Call call, boolean isStream) {
        if (!authenticator.isRequired() || method.startsWith(OPEN)) {
            return Future.succeededFuture();
        }
        try {
            Credentials shown = Credentials.of(call.headers().get(HttpHeaders.AUTHORIZATION), call.certificateName());
            return authenticator.principal(shown).map(principal -> {
                admit(call, principal, isStream);
                return null;
            });
        } catch (Failure refused) {
            return Future.failedFuture(refused);
        }
    }

    private void admit(Call call, Principal principal, boolean isStream) {
        if (call.isDone()) {
            return;
        }
        quotas.call(principal);
        inside.put(call, isStream ? quotas.stream(principal) : () -> {});
        call.by(principal);
    }

    /** Writes down what a caller changed. Never fails. */
    Future<Void> note(String method, Object request, Call call) {
        return authenticator.isRequired() ? trail.note(method, request, call) : Future.succeededFuture();
    }

    /** The call is over. */
    void leave(Call call) {
        Runnable release = inside.remove(call);
        if (release != null) {
            release.run();
        }
    }

    /** Ends the calls of those who may not be here any more. */
    void sweep() {
        List<Call> over = inside.keySet().stream()
                .filter(call -> !authenticator.isLive(call.principal()))
                .toList();
        over.forEach(call -> call.fail(
                Failure.of(Reason.UNAUTHENTICATED, "the token was revoked or has expired while the call was open")));
    }
}
