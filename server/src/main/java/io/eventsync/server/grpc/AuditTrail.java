package io.eventsync.server.grpc;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.event.NewEvent;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what callers changed into the log itself, as {@code $SYSTEM.AUDIT.CREATE_ENDPOINT} and the like, where callers are told apart. What
 * is a change is told by the first word of a method's name; appending events and moving a consumer forward are the business itself.
 */
final class AuditTrail {
    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);
    private static final List<String> CHANGES = List.of(
            "Create",
            "Update",
            "Delete",
            "Pause",
            "Resume",
            "Seek",
            "Rotate",
            "Send",
            "Retry",
            "Replay",
            "Cancel",
            "Terminate",
            "Revoke",
            "Set");
    private static final List<String> NAMES =
            List.of("name", "endpoint", "replay_id", "subscription_id", "token_id", "display_name", "logger");
    private static final List<String> RESOURCES = List.of("endpoint", "consumer", "token", "filter");
    private static final Pattern WORD = Pattern.compile("(?<=[a-z])(?=[A-Z])");

    private final EventLog log;

    AuditTrail(EventLog log) {
        this.log = log;
    }

    /** Whether calls of this method are written down. */
    static boolean isChange(String method) {
        String name = name(method);
        return CHANGES.stream().anyMatch(name::startsWith);
    }

    /** On disk when it succeeds. Never fails: the change is made, and cannot be taken back for the lack of a note. */
    Future<Void> note(String method, Object request, Call call) {
        String name = name(method);
        String resource = request instanceof Message message ? resource(message).orElse("") : "";
        String json = "{\"principal\":" + quoted(call.principal().name()) + ",\"method\":" + quoted(name)
                + ",\"resource\":" + quoted(resource) + ",\"peer\":" + quoted(call.peer()) + "}";
        NewEvent event = NewEvent.json(
                UUID.randomUUID().toString(),
                "$SYSTEM.AUDIT." + WORD.matcher(name).replaceAll("_").toUpperCase(Locale.ROOT),
                resource,
                call.principal().name() + " " + name + " " + resource,
                json);
        return log.append(List.of(event)).<Void>mapEmpty().otherwise(e -> {
            LOG.error(
                    "change not written down principal={} method={} resource={} cause={} next=the change stands",
                    call.principal().name(),
                    name,
                    resource,
                    e.getMessage());
            return null;
        });
    }

    private static String name(String method) {
        return method.substring(method.indexOf('/') + 1);
    }

    /** What the request is about: a name in it, or in what it carries. */
    private static Optional<String> resource(Message request) {
        for (String field : NAMES) {
            Optional<String> name = text(request, field);
            if (name.isPresent()) {
                return name;
            }
        }
        for (String field : RESOURCES) {
            FieldDescriptor inner = request.getDescriptorForType().findFieldByName(field);
            if (inner != null && inner.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !inner.isRepeated()) {
                return resource((Message) request.getField(inner));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> text(Message message, String name) {
        FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
        return field == null || field.getJavaType() != FieldDescriptor.JavaType.STRING || field.isRepeated()
                ? Optional.empty()
                : Optional.of((String) message.getField(field)).filter(text -> !text.isEmpty());
    }

    private static String quoted(String text) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }
}
