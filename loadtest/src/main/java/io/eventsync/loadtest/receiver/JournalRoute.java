package io.eventsync.loadtest.receiver;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Shows the journal. */
final class JournalRoute {

    private static final int IDS_AT_ONCE = 10_000;

    private final Endpoints endpoints;
    private final Context home;

    JournalRoute(Endpoints endpoints, Context home) {
        this.endpoints = endpoints;
        this.home = home;
    }

    void all(HttpServerRequest request) {
        answer(request, endpoints.counts(home).map(counts -> {
            JsonArray list = new JsonArray();
            counts.forEach(each -> list.add(each.toJson()));
            return new JsonObject().put("canaryHits", endpoints.canaryHits()).put("endpoints", list);
        }));
    }

    void page(HttpServerRequest request) {
        endpoints
                .counts(home)
                .onComplete(counts -> request.response()
                        .putHeader("content-type", "text/html; charset=utf-8")
                        .end(CountsPage.of(counts.result(), endpoints.canaryHits())));
    }

    /** A look that costs the same however many endpoints there are. */
    void accepted(HttpServerRequest request) {
        Texts.answer(request.response(), new JsonObject().put("accepted", endpoints.accepted()));
    }

    void one(HttpServerRequest request, String name) {
        Endpoint endpoint = endpoints.get(name);
        Future<JsonObject> both = endpoint.counts(home)
                .compose(counts -> endpoint.recent(home).map(recent -> {
                    JsonArray list = new JsonArray();
                    recent.forEach(each -> list.add(each.toJson()));
                    return counts.toJson().put("requests", list);
                }));
        answer(request, both);
    }

    void ids(HttpServerRequest request, String name) {
        HttpServerResponse response = request.response();
        response.setChunked(true).putHeader("content-type", "text/plain; charset=utf-8");
        sendIds(response, endpoints.get(name), 0);
    }

    void reset(HttpServerRequest request) {
        endpoints
                .reset(home)
                .onComplete(done -> request.response().setStatusCode(204).end());
    }

    /** A portion at a time; the next one once this one is written. */
    private void sendIds(HttpServerResponse response, Endpoint endpoint, int from) {
        endpoint.ids(from, IDS_AT_ONCE, home)
                .compose(page -> page.isEmpty()
                        ? response.end()
                        : response.write(lines(page))
                                .onSuccess(written -> sendIds(response, endpoint, from + page.size())))
                .onFailure(failure -> response.reset());
    }

    private static Buffer lines(List<IdCount> page) {
        StringBuilder lines = new StringBuilder();
        for (IdCount each : page) {
            lines.append(each.id())
                    .append('\t')
                    .append(each.accepted())
                    .append('\t')
                    .append(each.received())
                    .append('\n');
        }
        return Buffer.buffer(lines.toString());
    }

    private static void answer(HttpServerRequest request, Future<JsonObject> json) {
        json.onComplete(done -> {
            if (done.succeeded()) {
                Texts.answer(request.response(), done.result());
            } else {
                Texts.answer(
                        request.response(), 500, String.valueOf(done.cause().getMessage()));
            }
        });
    }
}
