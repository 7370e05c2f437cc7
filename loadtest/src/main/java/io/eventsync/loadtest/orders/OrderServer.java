package io.eventsync.loadtest.orders;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code POST /order} emits one event and answers its position: 201 if the order is new, 200 if it was there, 409 if another one
 * has its id, 400 if it is none, 503 with a reason while EventSync does not take it. {@code GET /health} answers once it listens.
 */
final class OrderServer extends VerticleBase {

    private static final int BODY_BYTES_MAX = 64 << 10;
    private static final long EMIT_MILLIS_MAX = 10_000;

    private final String host;
    private final int wantedPort;
    private final OrderEvents events;
    private int port;
    private final AtomicLong created = new AtomicLong();
    private final AtomicLong repeated = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    OrderServer(String host, int port, OrderEvents events) {
        this.host = host;
        this.wantedPort = port;
        this.events = events;
    }

    @Override
    public Future<?> start() {
        return vertx.createHttpServer(new HttpServerOptions().setHost(host).setPort(wantedPort))
                .requestHandler(this::route)
                .listen()
                .onSuccess(listening -> port = listening.actualPort());
    }

    String url() {
        return "http://" + host + ":" + port;
    }

    JsonObject counts() {
        return new JsonObject()
                .put("created", created.get())
                .put("deduplicated", repeated.get())
                .put("refused", refused.get());
    }

    private void route(HttpServerRequest request) {
        if (HttpMethod.GET.equals(request.method()) && request.path().equals("/health")) {
            answer(request, 200, counts().put("status", "ok"));
        } else if (!request.path().equals("/order")) {
            refuse(request, 404, "there is POST /order and GET /health");
        } else if (!HttpMethod.POST.equals(request.method())) {
            refuse(request, 405, "orders come by POST");
        } else {
            read(request);
        }
    }

    private void read(HttpServerRequest request) {
        Buffer body = Buffer.buffer();
        request.handler(part -> {
            if (body.length() <= BODY_BYTES_MAX) {
                body.appendBuffer(part);
            }
        });
        request.endHandler(end -> {
            if (body.length() > BODY_BYTES_MAX) {
                refuse(request, 413, "an order has at most " + BODY_BYTES_MAX + " bytes");
            } else {
                take(request, body);
            }
        });
    }

    private void take(HttpServerRequest request, Buffer body) {
        Order order;
        try {
            order = Order.parse(body.toJsonObject(), idOf(request));
        } catch (DecodeException | ClassCastException e) {
            refuse(request, 400, "the body is not a JSON object");
            return;
        } catch (IllegalArgumentException e) {
            refuse(request, 400, String.valueOf(e.getMessage()));
            return;
        }
        events.emit(order)
                .timeout(EMIT_MILLIS_MAX, TimeUnit.MILLISECONDS)
                .onComplete(emitted -> accepted(request, order, emitted), failure -> failed(request, failure));
    }

    /** A client without an order number can still send an order again safely. */
    private static String idOf(HttpServerRequest request) {
        String key = request.getHeader("idempotency-key");
        return key == null ? UUID.randomUUID().toString() : key;
    }

    private void accepted(HttpServerRequest request, Order order, OrderEvents.Emitted emitted) {
        if (emitted.isDuplicate()) {
            repeated.incrementAndGet();
        } else {
            created.incrementAndGet();
        }
        JsonObject answer = new JsonObject()
                .put("order_id", order.id())
                .put("event_id", order.eventId())
                .put("position", emitted.position())
                .put("total_cents", order.cents())
                .put("deduplicated", emitted.isDuplicate());
        answer(request, emitted.isDuplicate() ? 200 : 201, answer);
    }

    private void failed(HttpServerRequest request, Throwable failure) {
        if (failure instanceof OrderEvents.NotEmitted why && why.isIdTaken()) {
            refuse(request, 409, "order_id: another order has this id");
        } else {
            refuse(request, 503, "not emitted, try again: " + failure.getMessage());
        }
    }

    private void refuse(HttpServerRequest request, int status, String why) {
        refused.incrementAndGet();
        answer(request, status, new JsonObject().put("error", why));
    }

    private static void answer(HttpServerRequest request, int status, JsonObject body) {
        Future<Void> ignored = request.response()
                .setStatusCode(status)
                .putHeader("content-type", "application/json")
                .end(body.toBuffer());
    }
}
