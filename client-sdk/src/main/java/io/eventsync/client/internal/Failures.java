package io.eventsync.client.internal;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.eventsync.client.CursorException;
import io.eventsync.client.EventSyncException;
import io.eventsync.client.EventSyncException.FieldError;
import io.eventsync.client.EventSyncException.ServerError;
import io.eventsync.v1.Reason;
import io.vertx.core.MultiMap;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.client.InvalidStatusException;
import io.vertx.grpc.common.GrpcStatus;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns what went wrong into what callers are told. */
public final class Failures {
    private static final String DETAILS = "grpc-status-details-bin";
    private static final Set<Reason> OF_CURSORS = EnumSet.of(
            Reason.REASON_CURSOR_MALFORMED,
            Reason.REASON_CURSOR_VERSION,
            Reason.REASON_CURSOR_EXPIRED,
            Reason.REASON_CURSOR_AHEAD,
            Reason.REASON_CURSOR_FOREIGN);

    private Failures() {}

    /**
     * What a failed call means.
     *
     * @param response if there was one: it holds what the server said
     */
    public static EventSyncException of(Throwable failure, @Nullable GrpcClientResponse<?, ?> response) {
        if (failure instanceof EventSyncException known) {
            return known;
        }
        GrpcStatus status = response == null ? null : response.status();
        if (response != null && status != null && status != GrpcStatus.OK) {
            return fromServer(response, status, failure);
        }
        if (failure instanceof InvalidStatusException invalid) {
            return of(
                    new ServerError(code(invalid.actualStatus()), "", "", Map.of(), List.of(), Optional.empty()),
                    failure);
        }
        return lost(failure);
    }

    /** A status that came inside a message. */
    public static EventSyncException of(Status status) {
        return of(error(status, code(GrpcStatus.valueOf(status.getCode()))), null);
    }

    /** No server answered, or the connection was lost before it did. */
    public static EventSyncException lost(Throwable cause) {
        String said = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return of(new ServerError(Code.UNAVAILABLE, "", said, Map.of(), List.of(), Optional.empty()), cause);
    }

    /** The program closed the client; no try after this can succeed. */
    static EventSyncException closed(Throwable cause) {
        return of(
                new ServerError(
                        Code.FAILED_PRECONDITION, "", "the client is closed", Map.of(), List.of(), Optional.empty()),
                cause);
    }

    /** Whether a read is made again: what may succeed later, and what no server of ours said, such as a broken connection or a proxy's word. */
    public static boolean isWorthAnotherTry(Throwable failure) {
        if (!(failure instanceof EventSyncException known) || known instanceof CursorException) {
            return false;
        }
        boolean isUnexplained = known.reasonName().isEmpty()
                && (known.code() == Code.UNKNOWN || known.code() == Code.INTERNAL || known.code() == Code.CANCELLED);
        return known.isRetryable() || isUnexplained;
    }

    private static EventSyncException of(ServerError error, @Nullable Throwable cause) {
        EventSyncException failure = new EventSyncException(error, cause);
        return OF_CURSORS.contains(failure.reason()) ? new CursorException(error, cause) : failure;
    }

    private static EventSyncException fromServer(
            GrpcClientResponse<?, ?> response, GrpcStatus status, Throwable cause) {
        String details = details(response.trailers());
        if (details == null) {
            // A failure without any message arrives as headers only.
            details = details(response.headers());
        }
        if (details != null) {
            try {
                return of(error(Status.parseFrom(Base64.getDecoder().decode(details)), code(status)), cause);
            } catch (InvalidProtocolBufferException | IllegalArgumentException notOurs) {
                // A proxy's, perhaps: the status is what is left.
            }
        }
        String message = response.statusMessage() == null ? "" : response.statusMessage();
        return of(new ServerError(code(status), "", message, Map.of(), List.of(), Optional.empty()), cause);
    }

    private static ServerError error(Status status, Code code) {
        Optional<ErrorInfo> info = detail(status, ErrorInfo.class);
        List<FieldError> fields = detail(status, BadRequest.class).stream()
                .flatMap(bad -> bad.getFieldViolationsList().stream())
                .map(field -> new FieldError(field.getField(), field.getDescription()))
                .toList();
        Optional<Duration> retryAfter = detail(status, RetryInfo.class)
                .map(RetryInfo::getRetryDelay)
                .map(delay -> Duration.ofSeconds(delay.getSeconds(), delay.getNanos()));
        return new ServerError(
                code,
                info.map(ErrorInfo::getReason).orElse(""),
                status.getMessage(),
                info.map(ErrorInfo::getMetadataMap).orElse(Map.of()),
                fields,
                retryAfter);
    }

    private static <D extends Message> Optional<D> detail(Status status, Class<D> type) {
        for (Any detail : status.getDetailsList()) {
            if (detail.is(type)) {
                try {
                    return Optional.of(detail.unpack(type));
                } catch (InvalidProtocolBufferException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private static @Nullable String details(@Nullable MultiMap metadata) {
        return metadata == null ? null : metadata.get(DETAILS);
    }

    private static Code code(@Nullable GrpcStatus status) {
        Code code = status == null ? null : Code.forNumber(status.code);
        return code == null ? Code.UNKNOWN : code;
    }
}
