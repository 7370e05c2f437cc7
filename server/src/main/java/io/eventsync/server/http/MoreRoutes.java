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

    /** Which methods a path takes. */
    List<String> methods(String path);

    /**
     * Answers, or fails with a Failure.
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
