package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.rpc.Target;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.util.function.LongSupplier;

/** Ingest as JSON over HTTP/2, one event a request, on one connection as gRPC has it. */
final class HttpLane implements Lane {
    private static final int OK = 200;

    private final HttpClient client;
    private final Target target;
    private final EventTemplate template;
    private final LongSupplier numbers;

    HttpLane(Vertx vertx, Target target, EventTemplate template, LongSupplier numbers) {
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setHttp2MultiplexingLimit(-1);
        this.client = vertx.createHttpClient(target.security().secured(options), new PoolOptions().setHttp2MaxSize(1));
        this.target = target;
        this.template = template;
        this.numbers = numbers;
    }

    @Override
    public Future<Void> open() {
        return send().mapEmpty();
    }

    @Override
    public Future<Integer> send() {
        Buffer body = Buffer.buffer(template.json(numbers.getAsLong()));
        return client.request(HttpMethod.POST, target.port(), target.host(), "/v1/events")
                .compose(request -> {
                    target.security().authorise(request.headers());
                    return request.putHeader("content-type", "application/json").send(body);
                })
                .compose(response -> response.statusCode() == OK
                        ? response.end().map(1)
                        : Future.failedFuture("HTTP " + response.statusCode()));
    }

    @Override
    public Future<Void> close() {
        return client.close();
    }
}
