package io.eventsync.loadtest.receiver;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** Answers of the receiver's own pages. */
final class Texts {

    private Texts() {}

    static void answer(HttpServerResponse response, int status, String text) {
        response.setStatusCode(status)
                .putHeader("content-type", "text/plain; charset=utf-8")
                .end(text + "\n");
    }

    static void answer(HttpServerResponse response, JsonObject json) {
        response.putHeader("content-type", "application/json").end(json.encodePrettily() + "\n");
    }
}
