package io.eventsync.server.compat;

import io.eventsync.server.config.ShownSetting;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.grpc.Calls;
import io.eventsync.server.http.MoreRoutes;
import io.eventsync.server.http.MoreRoutes.Answer;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.sqlclient.Pool;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** All routes of the older systems. */
public final class CompatRoutes implements MoreRoutes {
    private static final String HEALTH = "/health";

    private final List<Route> routes;

    /**
     * A route.
     *
     * @param hasRest whether one more segment follows the path
     */
    private record Route(String method, String path, boolean hasRest, Function<OldRequest, Future<Answer>> handler) {
        boolean isFor(String asked) {
            return hasRest
                    ? asked.startsWith(path + "/")
                            && asked.indexOf('/', path.length() + 1) < 0
                            && asked.length() > path.length() + 1
                    : asked.equals(path);
        }
    }

    /** @param config secrets hidden */
    public CompatRoutes(Pool pool, Processed processed, InstantSource clock, List<ShownSetting> config) {
        FileEventRoutes files = new FileEventRoutes(processed);
        PageRoutes pages = new PageRoutes(pool, clock, config);
        this.routes = List.of(
                new Route("POST", "/internal/log", false, LogRoutes::ingest),
                new Route("GET", "/api/logs", false, LogRoutes::list),
                new Route("POST", "/sync-events", false, files::create),
                new Route("GET", "/sync-events", false, files::list),
                new Route("GET", "/sync-events", true, files::get),
                new Route("POST", "/event", false, OldEventRoute::ingest),
                new Route("GET", "/", false, pages::info),
                new Route("GET", HEALTH, false, pages::health),
                new Route("GET", "/logs", false, pages::logs),
                new Route("GET", "/config", false, pages::config));
    }

    @Override
    public boolean has(String path) {
        return routes.stream().anyMatch(route -> route.isFor(path));
    }

    @Override
    public boolean isOpen(String path) {
        return path.equals(HEALTH);
    }

    @Override
    public List<String> methods(String path) {
        return routes.stream()
                .filter(route -> route.isFor(path))
                .map(Route::method)
                .distinct()
                .toList();
    }

    @Override
    public Future<Answer> answer(
            HttpServerRequest request,
            Calls calls,
            String path,
            Function<String, String> decode,
            Map<String, String> query,
            byte[] body) {
        String method = request.method().name().equals("HEAD")
                ? "GET"
                : request.method().name();
        Optional<Route> found = routes.stream()
                .filter(route -> route.isFor(path) && route.method().equals(method))
                .findFirst();
        if (found.isEmpty()) {
            return Future.failedFuture(PageRoutes.notAllowed(method, String.join(", ", methods(path))));
        }
        Route route = found.get();
        String rest = route.hasRest() ? decode.apply(path.substring(route.path().length() + 1)) : "";
        try {
            return route.handler().apply(new OldRequest(request, calls, rest, query, body));

        } catch (Failure refused) {
            return Future.failedFuture(refused);
        }
    }
}
