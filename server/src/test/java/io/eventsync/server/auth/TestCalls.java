package io.eventsync.server.auth;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.eventsync.server.TestServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.ServiceName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Makes any call of the contract by gRPC or by its HTTP route, so that one question can be asked of both. A stream is read until it is live. */
final class TestCalls {
    private static final Pattern VARIABLE = Pattern.compile("\\{([a-z_.]+)}");

    private final TestServer server;
    private final GrpcClient grpc;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** How to ask. The last two differ for streams only. */
    enum Face {
        GRPC,
        NDJSON,
        SSE
    }

    /**
     * What came.
     *
     * @param reason empty if the call succeeded
     * @param messages one, or those of a stream
     * @param text all that was told, the failure included
     */
    record Answer(String reason, List<Message> messages, String text) {
        Message only() {
            return messages.get(0);
        }
    }

    TestCalls(TestServer server) {
        this.server = server;
        this.grpc = server.newClient();
    }

    Answer call(Face face, MethodDescriptor method, Message request, Message like, String token) {
        return face == Face.GRPC
                ? TestServer.await(grpc(method, request, like, token))
                : http(face, method, request, like, token);
    }

    // ---- gRPC ----

    private Future<Answer> grpc(MethodDescriptor method, Message message, Message like, String token) {
        return grpc.request(server.address()).compose(request -> {
            request.serviceName(ServiceName.create(method.getService().getFullName()))
                    .methodName(method.getName());
            request.headers().set("authorization", "Bearer " + token);
            List<Message> messages = new ArrayList<>();
            Promise<Answer> done = Promise.promise();
            return request.end(Buffer.buffer(message.toByteArray()))
                    .compose(v -> request.response())
                    .compose(response -> {
                        if (response.status() != null) {
                            return Future.succeededFuture(ended(response, messages));
                        }
                        response.handler(bytes -> {
                            Message one = parse(bytes.getBytes(), like);
                            messages.add(one);
                            if (isLive(one)) {
                                request.cancel();
                                done.tryComplete(new Answer("", messages, messages.toString()));
                            }
                        });
                        response.exceptionHandler(done::tryFail);
                        response.endHandler(v -> done.tryComplete(ended(response, messages)));
                        return done.future();
                    });
        });
    }

    private static Answer ended(GrpcClientResponse<?, ?> response, List<Message> messages) {
        String details = Stream.of(response.trailers(), response.headers())
                .filter(headers -> headers != null && headers.contains("grpc-status-details-bin"))
                .map(headers -> headers.get("grpc-status-details-bin"))
                .findFirst()
                .orElse("");
        if (details.isEmpty() && response.status() == io.vertx.grpc.common.GrpcStatus.OK) {
            return new Answer("", messages, messages.toString());
        }
        try {
            Status status = Status.parseFrom(Base64.getDecoder().decode(details));
            for (Any detail : status.getDetailsList()) {
                if (detail.is(ErrorInfo.class)) {
                    return new Answer(
                            detail.unpack(ErrorInfo.class).getReason(),
                            messages,
                            messages + new String(status.toByteArray(), StandardCharsets.ISO_8859_1));
                }
            }
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("a failure without a reason: " + response.status() + " " + details);
    }

    private static Message parse(byte[] bytes, Message like) {
        try {
            return like.newBuilderForType().mergeFrom(bytes).build();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isLive(Message message) {
        FieldDescriptor progress = message.getDescriptorForType().findFieldByName("progress");
        if (progress == null || !message.hasField(progress)) {
            return false;
        }
        Message part = (Message) message.getField(progress);
        return ((EnumValueDescriptor) part.getField(part.getDescriptorForType().findFieldByName("state")))
                .getName()
                .equals("STATE_LIVE");
    }

    // ---- HTTP ----

    private Answer http(Face face, MethodDescriptor method, Message message, Message like, String token) {
        HttpRequest.Builder request = request(method, message).header("authorization", "Bearer " + token);
        if (!method.isServerStreaming()) {
            HttpResponse<String> response = send(request.build(), HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 200
                    ? new Answer("", List.of(fromJson(response.body(), like)), response.body())
                    : new Answer(reason(response.body()), List.of(), response.body());
        }
        request.header("accept", face == Face.SSE ? "text/event-stream" : "application/x-ndjson");
        HttpResponse<InputStream> response = send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader in = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            if (response.statusCode() != 200) {
                String body = String.join("\n", in.lines().toList());
                return new Answer(reason(body), List.of(), body);
            }
            return face == Face.SSE ? serverSent(in, like) : lines(in, like);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A request to any path, with any header of credentials. */
    HttpResponse<String> send(String method, String path, String body, String authorization) {
        return send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .header("authorization", authorization)
                        .header("content-type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String reason(String body) {
        return new JsonObject(body)
                .getJsonArray("details").stream()
                        .map(JsonObject.class::cast)
                        .filter(detail -> detail.getString("@type").endsWith(".ErrorInfo"))
                        .map(detail -> detail.getString("reason"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("a failure without a reason: " + body));
    }

    private static Answer lines(BufferedReader in, Message like) throws IOException {
        List<Message> messages = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            text.append(line);
            messages.add(fromJson(line, like));
            if (isLive(messages.get(messages.size() - 1))) {
                return new Answer("", messages, text.toString());
            }
        }
        throw new AssertionError("the stream ended after " + text);
    }

    /** Entries come one by one, the rest by the name of its field. */
    private static Answer serverSent(BufferedReader in, Message like) throws IOException {
        List<Message> messages = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        String kind = "";
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            text.append(line).append('\n');
            if (line.startsWith("event: ")) {
                kind = line.substring("event: ".length());
            } else if (line.startsWith("data: ")) {
                String data = line.substring("data: ".length());
                String entries = like.getDescriptorForType()
                        .findFieldByName("batch")
                        .getMessageType()
                        .getFields()
                        .get(0)
                        .getJsonName();
                messages.add(fromJson(
                        kind.isEmpty()
                                ? "{\"batch\":{\"" + entries + "\":[" + data + "]}}"
                                : "{\"" + kind + "\":" + data + "}",
                        like));
                if (isLive(messages.get(messages.size() - 1))) {
                    return new Answer("", messages, text.toString());
                }
                kind = "";
            }
        }
        throw new AssertionError("the stream ended after " + text);
    }

    private static Message fromJson(String json, Message like) {
        Message.Builder builder = like.newBuilderForType();
        try {
            JsonFormat.parser().merge(json, builder);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(json, e);
        }
        return builder.build();
    }

    /** By the first of the method's rules whose variables the message has. */
    private HttpRequest.Builder request(MethodDescriptor method, Message message) {
        JsonObject json = toJson(message);
        HttpRule first = method.getOptions().getExtension(AnnotationsProto.http);
        HttpRule rule = Stream.concat(Stream.of(first), first.getAdditionalBindingsList().stream())
                .filter(one -> VARIABLE.matcher(path(one)).results().allMatch(v -> json.containsKey(v.group(1))))
                .findFirst()
                .orElseThrow(() -> new AssertionError(method.getFullName() + " " + message));
        Matcher variables = VARIABLE.matcher(path(rule));
        String path = variables.replaceAll(v -> encoded(String.valueOf(json.remove(v.group(1)))));
        boolean hasBody = rule.getBody().equals("*");
        List<String> query = new ArrayList<>();
        if (!hasBody) {
            flatten("", json, query);
        }
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path
                        + (query.isEmpty() ? "" : "?" + String.join("&", query))))
                .header("content-type", "application/json")
                .method(
                        rule.getPatternCase().name(),
                        hasBody
                                ? HttpRequest.BodyPublishers.ofString(json.encode())
                                : HttpRequest.BodyPublishers.noBody());
    }

    private static JsonObject toJson(Message message) {
        try {
            return new JsonObject(
                    JsonFormat.printer().preservingProtoFieldNames().print(message));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static String path(HttpRule rule) {
        return switch (rule.getPatternCase()) {
            case GET -> rule.getGet();
            case POST -> rule.getPost();
            case DELETE -> rule.getDelete();
            default -> throw new AssertionError(rule);
        };
    }

    private static void flatten(String prefix, JsonObject object, List<String> query) {
        for (Map.Entry<String, Object> field : object) {
            String name = prefix + field.getKey();
            if (field.getValue() instanceof JsonObject inner) {
                flatten(name + ".", inner, query);
            } else if (field.getValue() instanceof JsonArray array) {
                array.forEach(entry -> query.add(name + "=" + encoded(String.valueOf(entry))));
            } else {
                query.add(name + "=" + encoded(String.valueOf(field.getValue())));
            }
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
