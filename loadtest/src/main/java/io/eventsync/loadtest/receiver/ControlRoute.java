package io.eventsync.loadtest.receiver;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Changes an endpoint at run time: {@code {"mode":"fail:5","secret":"whsec_..."}}; a secret of null takes it away. */
final class ControlRoute {

    private static final Set<String> MEMBERS = Set.of("mode", "secret");

    private final Endpoints endpoints;

    ControlRoute(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    void handle(HttpServerRequest request, String name) {
        BodyReader.read(request).onComplete(body -> {
            if (body.failed()) {
                Texts.answer(
                        request.response(), 413, String.valueOf(body.cause().getMessage()));
                return;
            }
            try {
                Endpoint endpoint = endpoints.get(name);
                endpoint.behave(changed(endpoint.behaviour(), body.result()));
                Texts.answer(
                        request.response(),
                        new JsonObject()
                                .put("endpoint", name)
                                .put("mode", endpoint.behaviour().mode().toString()));
            } catch (IllegalArgumentException | DecodeException | ClassCastException e) {
                Texts.answer(request.response(), 400, String.valueOf(e.getMessage()));
            }
        });
    }

    private Behaviour changed(Behaviour before, byte[] body) {
        JsonObject change = new JsonObject(new String(body, StandardCharsets.UTF_8));
        if (!MEMBERS.containsAll(change.fieldNames())) {
            throw new IllegalArgumentException("the members are mode and secret, not " + change.fieldNames());
        }
        Behaviour changed = before;
        String mode = change.getString("mode");
        if (mode != null) {
            changed = changed.withMode(Mode.parse(mode), endpoints.nowMillis());
        }
        if (change.containsKey("secret")) {
            String secret = change.getString("secret");
            changed = changed.withSignature(secret == null ? SignatureCheck.NONE : SignatureCheck.with(secret));
        }
        return changed;
    }
}
