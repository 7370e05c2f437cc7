package io.eventsync.client;

import com.google.rpc.Code;
import io.eventsync.v1.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call that failed: what the server said, or that there was no answer of a server.
 *
 * <pre>{@code
 * client.publish(event).onFailure(failure -> {
 *     if (failure instanceof EventSyncException e && e.reason() == Reason.REASON_EVENT_ID_REUSED) {
 *         log.warn("another event has this id, at position {}", e.metadata().get("position"));
 *     }
 * });
 * }</pre>
 *
 * <p>{@link #reason()} is the stable error code; docs/ERRORS.md says for each what to do. Never match the text of the message.
 */
public class EventSyncException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient ServerError error;

    /**
     * What a server says when it refuses.
     *
     * @param code the gRPC status
     * @param reasonName the reason as sent, without {@code REASON_}; empty where no server answered
     * @param message for people
     * @param metadata facts named in the reason's documentation
     * @param fields which fields break their rules
     * @param retryAfter how long to wait before the next try; absent if waiting does not help
     */
    public record ServerError(
            Code code,
            String reasonName,
            String message,
            Map<String, String> metadata,
            List<FieldError> fields,
            Optional<Duration> retryAfter) {
        public ServerError {
            metadata = Map.copyOf(metadata);
            fields = List.copyOf(fields);
        }
    }

    /**
     * A field that breaks its rule.
     *
     * @param field its path in the request, such as {@code events[3].tag}
     * @param message what is wrong with it
     */
    public record FieldError(String field, String message) {}

    /** For the layer's own use, and for tests of code that handles failures. */
    public EventSyncException(ServerError error, @Nullable Throwable cause) {
        super(text(error), cause);
        this.error = error;
    }

    /** The gRPC status. UNAVAILABLE if no server answered. */
    public Code code() {
        return error.code();
    }

    /** The stable error code; {@code REASON_UNSPECIFIED} if no server answered, or if it named one this client is too old to know. */
    public Reason reason() {
        try {
            return error.reasonName().isEmpty()
                    ? Reason.REASON_UNSPECIFIED
                    : Reason.valueOf("REASON_" + error.reasonName());
        } catch (IllegalArgumentException newer) {
            return Reason.REASON_UNSPECIFIED;
        }
    }

    /** The reason as it was sent, without {@code REASON_}. Empty if no server answered. */
    public String reasonName() {
        return error.reasonName();
    }

    /** Facts that go with the reason, such as {@code position}. */
    public Map<String, String> metadata() {
        return error.metadata();
    }

    /** Which fields of the request break their rules. */
    public List<FieldError> fields() {
        return error.fields();
    }

    /** How long the server asks to wait before the next try. */
    public Optional<Duration> retryAfter() {
        return error.retryAfter();
    }

    /**
     * True if the same request may succeed later: the server said so (RetryInfo), or nobody knows what became of it. Retrying is safe for
     * every read, and for a write whose events have ids.
     */
    public boolean isRetryable() {
        return error.retryAfter().isPresent()
                || error.code() == Code.UNAVAILABLE
                || error.code() == Code.DEADLINE_EXCEEDED;
    }

    private static String text(ServerError error) {
        String text = error.reasonName().isEmpty() ? error.code().name() : error.code() + " " + error.reasonName();
        return error.message().isEmpty() ? text : text + ": " + error.message();
    }
}
