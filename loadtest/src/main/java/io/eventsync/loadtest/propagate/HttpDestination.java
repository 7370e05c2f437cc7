package io.eventsync.loadtest.propagate;

import io.eventsync.loadtest.rpc.Security;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;

/** Posts {@code {"event_type", "event_payload"}}, both strings; any 2xx is a yes. */
final class HttpDestination implements Destination {

    private static final int CALL_MILLIS_MAX = 10_000;

    private final HttpClient client;
    private final URI url;
    private final Security security;

    HttpDestination(Vertx vertx, URI url, Security security) {
        this.client =
                vertx.createHttpClient(security.secured(new HttpClientOptions().setConnectTimeout(CALL_MILLIS_MAX)));
        this.url = url;
        this.security = security;
    }

    @Override
    public Future<Void> send(PropagatedEvent event, long number) {
        JsonObject body = new JsonObject().put("event_type", event.type()).put("event_payload", event.payload());
        RequestOptions request = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(url.toString())
                .setTimeout(CALL_MILLIS_MAX)
                .putHeader("content-type", "application/json");
        return client.request(request)
                .compose(call -> {
                    security.authorise(call.headers());
                    return call.send(body.toBuffer());
                })
                .compose(response -> response.body().compose(read -> judge(response)));
    }

    private static Future<Void> judge(HttpClientResponse response) {
        return response.statusCode() / 100 == 2
                ? Future.succeededFuture()
                : Future.failedFuture("HTTP_" + response.statusCode());
    }
}
