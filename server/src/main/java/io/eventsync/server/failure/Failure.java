package io.eventsync.server.failure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An expected failure with all that its caller is told. Has no stack trace: it is an answer, not a defect. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;
    /** What a client sent comes back in parts of the answer, and those travel in headers, which peers bound at some 8 KiB. */
    private static final int TEXT_LENGTH_MAX = 512;

    private final Reason reason;
    private final transient Map<String, String> metadata;
    private final transient List<FieldViolation> violations;
    private final transient @Nullable Duration retryAfter;
    private final transient @Nullable Resource resource;

    private Failure(
            Reason reason,
            String message,
            @Nullable Throwable cause,
            Map<String, String> metadata,
            List<FieldViolation> violations,
            @Nullable Duration retryAfter,
            @Nullable Resource resource) {
        super(shortened(message), cause, false, false);
        this.reason = reason;
        this.metadata = metadata;
        this.violations = violations;
        this.retryAfter = retryAfter;
        this.resource = resource;
    }

    /** A field that breaks its rule. */
    public record FieldViolation(String field, String description) {}

    /** What was not found or exists already. */
    public record Resource(String type, String name) {
        public Resource {
            name = shortened(name);
        }
    }

    public static Failure of(Reason reason, String message) {
        return new Failure(reason, message, null, Map.of(), List.of(), null, null);
    }

    /** One field of a request is wrong. */
    public static Failure field(String field, String description) {
        return fields(List.of(new FieldViolation(field, description)));
    }

    public static Failure fields(List<FieldViolation> violations) {
        FieldViolation first = violations.get(0);
        return new Failure(
                Reason.FIELD_INVALID,
                first.field() + ": " + first.description(),
                null,
                Map.of(),
                List.copyOf(violations),
                null,
                null);
    }

    public static Failure notFound(String type, String name) {
        return new Failure(
                Reason.RESOURCE_NOT_FOUND,
                type + " not found: " + name,
                null,
                Map.of(),
                List.of(),
                null,
                new Resource(type, name));
    }

    public static Failure exists(String type, String name) {
        return new Failure(
                Reason.RESOURCE_EXISTS,
                type + " exists with other content: " + name + "; read it and update it, or choose another name",
                null,
                Map.of(),
                List.of(),
                null,
                new Resource(type, name));
    }

    /** Postgres failed or does not answer. Its own words go to the log, not to the caller. */
    public static Failure storeUnavailable(@Nullable Throwable cause) {
        if (cause instanceof Failure known) {
            return known;
        }
        return new Failure(
                Reason.STORE_UNAVAILABLE,
                "the store does not answer; retrying is safe",
                cause,
                Map.of(),
                List.of(),
                Duration.ofSeconds(1),
                null);
    }

    public Failure with(String key, Object value) {
        Map<String, String> more = new LinkedHashMap<>(metadata);
        more.put(key, shortened(String.valueOf(value)));
        return new Failure(reason, getMessage(), getCause(), more, violations, retryAfter, resource);
    }

    public Failure retryAfter(Duration delay) {
        return new Failure(reason, getMessage(), getCause(), metadata, violations, delay, resource);
    }

    /** Names the fields as parts of {@code parent}: {@code tag} becomes {@code events[3].tag}. */
    public Failure within(String parent) {
        if (violations.isEmpty()) {
            return with("field", parent);
        }
        List<FieldViolation> named = new ArrayList<>();
        for (FieldViolation v : violations) {
            named.add(new FieldViolation(parent + "." + v.field(), v.description()));
        }
        return fields(named);
    }

    private static String shortened(String text) {
        if (text.length() <= TEXT_LENGTH_MAX) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(TEXT_LENGTH_MAX - 1)) ? TEXT_LENGTH_MAX - 1 : TEXT_LENGTH_MAX;
        return text.substring(0, end) + "\u2026";
    }

    public Reason reason() {
        return reason;
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? reason.name() : message;
    }

    public Map<String, String> metadata() {
        return metadata;
    }

    public List<FieldViolation> violations() {
        return violations;
    }

    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    public Optional<Resource> resource() {
        return Optional.ofNullable(resource);
    }
}
