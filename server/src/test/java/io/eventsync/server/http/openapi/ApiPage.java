package io.eventsync.server.http.openapi;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.eventsync.v1.AdminServiceProto;
import io.eventsync.v1.ConsumerServiceProto;
import io.eventsync.v1.DeliveryServiceProto;
import io.eventsync.v1.EndpointServiceProto;
import io.eventsync.v1.ErrorProto;
import io.eventsync.v1.EventProto;
import io.eventsync.v1.EventServiceProto;
import java.util.List;
import java.util.Locale;

/** docs/API.md: every method, message and enum of the contract with its comment. */
final class ApiPage {
    private static final List<FileDescriptor> FILES = List.of(
            EventServiceProto.getDescriptor(),
            ConsumerServiceProto.getDescriptor(),
            EndpointServiceProto.getDescriptor(),
            DeliveryServiceProto.getDescriptor(),
            AdminServiceProto.getDescriptor(),
            EventProto.getDescriptor(),
            ErrorProto.getDescriptor());
    private static final String PACKAGE = "eventsync.v1.";

    private final Comments comments = Comments.load();
    private final StringBuilder page = new StringBuilder();

    static String render() {
        return new ApiPage().all();
    }

    private String all() {
        page.append("""
                # API

                Everything of `eventsync.v1`, from the comments of [its files](../proto/src/main/protobuf/eventsync/v1), by `.ci/api-doc`. Do not edit this
                page. Errors by reason: [ERRORS.md](ERRORS.md). The same over HTTP with JSON: [HTTP.md](HTTP.md).
                """);
        FILES.stream().flatMap(file -> file.getServices().stream()).forEach(this::contents);
        FILES.stream().flatMap(file -> file.getServices().stream()).forEach(this::service);
        page.append("\n## Messages\n");
        FILES.stream().flatMap(file -> file.getMessageTypes().stream()).forEach(this::message);
        page.append("\n## Enums\n");
        FILES.stream().flatMap(file -> file.getEnumTypes().stream()).forEach(this::enumeration);
        return page.toString().replaceAll("\n{3,}", "\n\n");
    }

    private void contents(ServiceDescriptor service) {
        page.append("\n**[")
                .append(service.getName())
                .append("](#")
                .append(anchor(service.getName()))
                .append(")**");
        service.getMethods()
                .forEach(method -> page.append(" · [")
                        .append(method.getName())
                        .append("](#")
                        .append(anchor(method.getName()))
                        .append(')'));
        page.append('\n');
    }

    private void service(ServiceDescriptor service) {
        heading("##", service.getName());
        comment(service.getFullName());
        service.getMethods().forEach(this::method);
    }

    private void method(MethodDescriptor method) {
        heading("###", method.getName());
        page.append("`rpc ")
                .append(method.getName())
                .append('(')
                .append(method.isClientStreaming() ? "stream " : "")
                .append(method.getInputType().getName())
                .append(") returns (")
                .append(method.isServerStreaming() ? "stream " : "")
                .append(method.getOutputType().getName())
                .append(")` · [request](#")
                .append(anchor(method.getInputType().getName()))
                .append("), [response](#")
                .append(anchor(method.getOutputType().getName()))
                .append(')');
        HttpRule http = method.getOptions().getExtension(AnnotationsProto.http);
        if (!http.equals(HttpRule.getDefaultInstance())) {
            page.append(" · ").append(route(http));
            http.getAdditionalBindingsList().forEach(more -> page.append(", ").append(route(more)));
        }
        page.append("\n\n");
        comment(method.getFullName());
    }

    private static String route(HttpRule http) {
        String path = switch (http.getPatternCase()) {
            case GET -> http.getGet();
            case POST -> http.getPost();
            case PATCH -> http.getPatch();
            case PUT -> http.getPut();
            case DELETE -> http.getDelete();
            case CUSTOM, PATTERN_NOT_SET -> throw new IllegalArgumentException("no route: " + http);
        };
        return "`" + http.getPatternCase() + " " + path + "`";
    }

    private void message(Descriptor message) {
        if (message.getOptions().getMapEntry()) {
            return;
        }
        heading("###", name(message.getFullName()));
        comment(message.getFullName());
        if (message.getFields().isEmpty()) {
            page.append("No fields.\n");
        }
        message.getFields().forEach(this::field);
        message.getNestedTypes().forEach(this::message);
        message.getEnumTypes().forEach(this::enumeration);
    }

    private void field(FieldDescriptor field) {
        OneofDescriptor oneof = field.getRealContainingOneof();
        item(
                field.getName(),
                type(field) + (oneof == null ? "" : ", one of " + "`" + oneof.getName() + "`"),
                comments.of(field.getFullName()));
    }

    private static String type(FieldDescriptor field) {
        if (field.isMapField()) {
            return "map of " + single(field.getMessageType().findFieldByName("key")) + " to "
                    + single(field.getMessageType().findFieldByName("value"));
        }
        return (field.isRepeated() ? "repeated " : field.hasPresence() && oneWord(field) ? "optional " : "")
                + single(field);
    }

    private static boolean oneWord(FieldDescriptor field) {
        return field.getJavaType() != FieldDescriptor.JavaType.MESSAGE && field.getRealContainingOneof() == null;
    }

    private static String single(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case MESSAGE -> link(field.getMessageType().getFullName());
            case ENUM -> link(field.getEnumType().getFullName());
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
    }

    private static String link(String type) {
        String name = name(type);
        return type.startsWith(PACKAGE) ? "[" + name + "](#" + anchor(name) + ")" : name;
    }

    private void enumeration(EnumDescriptor type) {
        heading("###", name(type.getFullName()));
        comment(type.getFullName());
        type.getValues()
                .forEach(value -> item(
                        value.getName(),
                        String.valueOf(value.getNumber()),
                        comments.of(type.getFullName() + "." + value.getName())));
    }

    private void item(String name, String type, String comment) {
        page.append("- **`").append(name).append("`** ").append(type);
        if (!comment.isEmpty()) {
            page.append(": ").append(comment.replaceAll("\\s*\\n\\s*", " "));
        }
        page.append('\n');
    }

    private void heading(String level, String text) {
        page.append('\n').append(level).append(' ').append(text).append("\n\n");
    }

    private void comment(String fullName) {
        String comment = comments.of(fullName);
        if (!comment.isEmpty()) {
            page.append(comment).append("\n\n");
        }
    }

    private static String name(String fullName) {
        return fullName.startsWith(PACKAGE) ? fullName.substring(PACKAGE.length()) : fullName;
    }

    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replace(".", "");
    }
}
