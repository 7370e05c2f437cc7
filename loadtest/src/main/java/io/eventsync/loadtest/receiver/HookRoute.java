package io.eventsync.loadtest.receiver;

import io.eventsync.loadtest.receiver.Endpoint.Verdict;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One webhook request from its first byte to its answer: read, noted, logged, answered. */
final class HookRoute {

    private final Endpoints endpoints;
    private final @Nullable RequestLog log;
    private final Context home;
    private final AnswerPlayer player;

    HookRoute(Endpoints endpoints, @Nullable RequestLog log, Context home, AnswerPlayer player) {
        this.endpoints = endpoints;
        this.log = log;
        this.home = home;
        this.player = player;
    }

    void handle(HttpServerRequest request, String name) {
        Endpoint endpoint = endpoints.get(name);
        Mode override = override(request);
        BodyReader.read(request)
                .compose(body -> take(request, endpoint, override, body))
                .onFailure(failure -> refuse(request.response(), failure));
    }

    private Future<Void> take(HttpServerRequest request, Endpoint endpoint, @Nullable Mode override, byte[] body) {
        Receipt receipt = Receipt.of(
                nowMicros(), request.headers(), body, endpoint.behaviour().signature());
        return endpoint.take(receipt, override, home)
                .compose(verdict -> logged(endpoint, receipt, verdict))
                .compose(verdict -> answer(request, endpoint, receipt, verdict));
    }

    private Future<Verdict> logged(Endpoint endpoint, Receipt receipt, Verdict verdict) {
        return log == null
                ? Future.succeededFuture(verdict)
                : log.append(LogLine.of(endpoint.name(), receipt, verdict.answer()), home)
                        .map(verdict);
    }

    private Future<Void> answer(HttpServerRequest request, Endpoint endpoint, Receipt receipt, Verdict verdict) {
        if (verdict.answer().delayMillis() == 0) {
            player.play(request, verdict.answer());
            return Future.succeededFuture();
        }
        return player.elapsed(verdict.answer().delayMillis()).compose(late -> {
            if (request.response().closed()) {
                return Future.succeededFuture();
            }
            return endpoint.accept(receipt, verdict, home).compose(accepted -> {
                player.play(request, verdict.answer());
                return Future.succeededFuture();
            });
        });
    }

    private long nowMicros() {
        Instant now = endpoints.clock().instant();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    private static @Nullable Mode override(HttpServerRequest request) {
        String text = request.query() == null ? null : request.getParam("mode");
        return text == null ? null : Mode.parse(text);
    }

    private static void refuse(HttpServerResponse response, Throwable failure) {
        if (!response.closed() && !response.ended()) {
            response.setStatusCode(failure instanceof BodyReader.TooLarge ? 413 : 500)
                    .putHeader("connection", "close")
                    .end(String.valueOf(failure.getMessage()));
        }
    }
}
