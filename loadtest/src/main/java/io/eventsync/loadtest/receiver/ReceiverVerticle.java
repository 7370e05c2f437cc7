package io.eventsync.loadtest.receiver;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** One event loop of the receiver: owns its share of the endpoints and serves its share of the connections. */
final class ReceiverVerticle extends VerticleBase {

    /** Ten headers of 4 KiB that an endpoint may add, and the usual ones. */
    private static final int HEADERS_BYTES_MAX = 64 << 10;

    private static final String HOOK = "/hook/";
    private static final String CONTROL = "/control/";
    private static final String JOURNAL = "/journal/";
    private static final String IDS = "/ids";

    Context owner() {
        return context;
    }

    /** Listens, once all event loops are there to own endpoints; answers the port. */
    Future<Integer> listen(Endpoints endpoints, @Nullable RequestLog log, String host, int port) {
        Promise<Integer> listening = Promise.promise();
        context.runOnContext(here -> {
            Routes routes = new Routes(
                    endpoints,
                    new HookRoute(endpoints, log, context, new AnswerPlayer(vertx, context)),
                    new ControlRoute(endpoints),
                    new JournalRoute(endpoints, context));
            vertx.createHttpServer(options(host, port))
                    .requestHandler(routes::handle)
                    .listen()
                    .map(server -> server.actualPort())
                    .onComplete(listening);
        });
        return listening.future();
    }

    private static HttpServerOptions options(String host, int port) {
        return new HttpServerOptions()
                .setHost(host)
                .setPort(port)
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(true)
                .setMaxHeaderSize(HEADERS_BYTES_MAX);
    }

    private record Routes(Endpoints endpoints, HookRoute hooks, ControlRoute control, JournalRoute journal) {

        void handle(HttpServerRequest request) {
            try {
                route(request, request.path(), request.method());
            } catch (IllegalArgumentException e) {
                Texts.answer(request.response(), 400, String.valueOf(e.getMessage()));
            }
        }

        private void route(HttpServerRequest request, String path, HttpMethod method) {
            if (path.startsWith(HOOK) && method.equals(HttpMethod.POST)) {
                hooks.handle(request, path.substring(HOOK.length()));
            } else if (path.startsWith(CONTROL) && method.equals(HttpMethod.PUT)) {
                control.handle(request, path.substring(CONTROL.length()));
            } else if (path.equals("/canary")) {
                endpoints.hitCanary();
                request.response().end();
            } else if (method.equals(HttpMethod.GET) && read(request, path)) {
                return;
            } else if (path.equals("/journal") && method.equals(HttpMethod.DELETE)) {
                journal.reset(request);
            } else {
                Texts.answer(request.response(), 404, "POST /hook/NAME, PUT /control/NAME, GET or DELETE /journal");
            }
        }

        private boolean read(HttpServerRequest request, String path) {
            if (path.equals("/")) {
                journal.page(request);
            } else if (path.equals("/accepted")) {
                journal.accepted(request);
            } else if (path.equals("/journal")) {
                journal.all(request);
            } else if (path.startsWith(JOURNAL) && path.endsWith(IDS)) {
                journal.ids(request, path.substring(JOURNAL.length(), path.length() - IDS.length()));
            } else if (path.startsWith(JOURNAL)) {
                journal.one(request, path.substring(JOURNAL.length()));
            } else {
                return false;
            }
            return true;
        }
    }
}
