package io.eventsync.server.http;

import com.google.api.HttpRule;
import com.google.protobuf.Message;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.grpc.Calls;
import io.eventsync.server.http.json.JsonInput;
import io.eventsync.server.http.json.TextInput;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/**
 * One {@code google.api.http} rule of a method.
 *
 * @param body {@code *}, the field that the body is, or empty if there is none
 */
record Route(Calls.Method method, HttpMethod verb, PathTemplate path, String body) {

    static Route of(Calls.Method method, HttpRule rule) {
        return switch (rule.getPatternCase()) {
            case GET -> new Route(method, HttpMethod.GET, new PathTemplate(rule.getGet()), rule.getBody());
            case POST -> new Route(method, HttpMethod.POST, new PathTemplate(rule.getPost()), rule.getBody());
            case PATCH -> new Route(method, HttpMethod.PATCH, new PathTemplate(rule.getPatch()), rule.getBody());
            case PUT -> new Route(method, HttpMethod.PUT, new PathTemplate(rule.getPut()), rule.getBody());
            case DELETE -> new Route(method, HttpMethod.DELETE, new PathTemplate(rule.getDelete()), rule.getBody());
            case CUSTOM, PATTERN_NOT_SET -> throw new IllegalArgumentException("no HTTP method: " + method.path());
        };
    }

    boolean hasBody() {
        return !body.isEmpty();
    }

    /** The request as a message, from the three places it may come from. Fails with FIELD_INVALID or MESSAGE_MALFORMED. */
    Message.Builder read(List<PathTemplate.Binding> bindings, List<RequestTarget.Parameter> query, byte[] text) {
        Message.Builder request = method.request().newBuilderForType();
        if (hasBody() && text.length > 0) {
            JsonInput.merge(text, body.equals("*") ? request : part(request), body.equals("*") ? "" : body);
        }
        TextInput input = new TextInput(request);
        bindings.forEach(binding -> input.bind(binding.field(), binding.value()));
        if (body.equals("*") && !query.isEmpty()) {
            throw Failure.field(query.get(0).name(), "belongs into the body: this path takes no query");
        }
        query.forEach(parameter -> input.set(parameter.name(), parameter.value()));
        return request;
    }

    private Message.Builder part(Message.Builder request) {
        return request.getFieldBuilder(request.getDescriptorForType().findFieldByName(body));
    }
}
