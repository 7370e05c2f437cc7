package io.eventsync.server.http;

import io.eventsync.server.grpc.Calls;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Routes beside those of the contract. What they call goes through the same gate as any other call. */
public interface MoreRoutes {
    /** None at all. */
    MoreRoutes NONE = new MoreRoutes() {
        @Override
        public boolean has(String path) {
            return false;
        }

        @Override
        public boolean isOpen(String path) {
            return false;
        }

        @Override
        public List<String> methods(String path) {
            return List.of();
        }

        @Override
        public Future<Answer> answer(
                HttpServerRequest request,
                Calls calls,
                String path,
                Function<String, String> decode,
                Map<String, String> query,
                byte[] body) {
            return Future.failedFuture(path);
        }
    };

    /** A whole answer. */
    record Answer(int status, String contentType, Map<String, String> headers, String body) {}

    boolean has(String path);

    /** Whether a path answers those, too, who do not say who they are. */
    boolean isOpen(String path);

    /** Which methods a path takes. */
    List<String> methods(String path);

    /**
     * Answers, or fails with a Failure. It is known who calls, unless the path is open; what they may do is for the calls of the contract to
     * say.
     *
     * @param path as it came
     * @param decode of a segment
     * @param query by name, decoded
     */
    Future<Answer> answer(
            HttpServerRequest request,
            Calls calls,
            String path,
            Function<String, String> decode,
            Map<String, String> query,
            byte[] body);
}
