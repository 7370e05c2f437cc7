package io.eventsync.loadtest.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.vertx.core.MultiMap;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.client.InvalidStatusException;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A call that failed: what the server said, or that the connection was lost before it said anything. */
public final class RpcException extends RuntimeException {

    private static final long serialVersionUID = 1;
    private static final String DETAILS = "grpc-status-details-bin";

    private final GrpcStatus status;
    private final String reason;
    private final boolean hasRetryTime;

    public RpcException(GrpcStatus status, String reason, String message, @Nullable Throwable cause) {
        this(status, reason, false, message, cause);
    }

    private RpcException(
            GrpcStatus status, String reason, boolean hasRetryTime, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
        this.reason = reason;
        this.hasRetryTime = hasRetryTime;
    }

    /** Tells a status that the server sent from a failure below gRPC; the latter is UNAVAILABLE with reason CONNECTION_LOST. */
    public static RpcException of(Throwable failure, @Nullable GrpcClientResponse<?, ?> response) {
        if (failure instanceof RpcException known) {
            return known;
        }
        GrpcStatus sent = response == null ? null : response.status();
        if (response != null && sent != null && sent != GrpcStatus.OK) {
            return fromServer(sent, response, failure);
        }
        if (failure instanceof InvalidStatusException invalid) {
            GrpcStatus actual = invalid.actualStatus();
            return new RpcException(actual, actual.name(), actual.name(), failure);
        }
        String said = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return new RpcException(GrpcStatus.UNAVAILABLE, "CONNECTION_LOST", said, failure);
    }

    public static RpcException fromStatus(com.google.rpc.Status status) {
        GrpcStatus code = GrpcStatus.valueOf(status.getCode());
        return new RpcException(code, reasonOf(status, code), hasRetryTime(status), status.getMessage(), null);
    }

    public GrpcStatus status() {
        return status;
    }

    /** The stable error code of eventsync.v1, or the status name where the server gave none. */
    public String reason() {
        return reason;
    }

    /** True if the server said when to come back (RetryInfo). */
    public boolean hasRetryTime() {
        return hasRetryTime;
    }

    /** True if the same request may succeed later: waiting or another connection helps. */
    public boolean isRetryable() {
        return switch (status) {
            case UNAVAILABLE, DEADLINE_EXCEEDED -> true;
            case RESOURCE_EXHAUSTED -> reason.equals("OVERLOADED") || reason.equals("RATE_LIMITED");
            default -> false;
        };
    }

    /** True if no server of ours said why: a proxy in between, or a stream that was reset. A read is then made again. */
    public boolean isUnexplained() {
        return reason.equals(status.name())
                && (status == GrpcStatus.UNKNOWN || status == GrpcStatus.INTERNAL || status == GrpcStatus.CANCELLED);
    }

    private static RpcException fromServer(GrpcStatus sent, GrpcClientResponse<?, ?> response, Throwable cause) {
        String message = response.statusMessage() == null ? sent.name() : response.statusMessage();
        com.google.rpc.Status status = sent(response);
        return new RpcException(sent, reasonOf(status, sent), hasRetryTime(status), message, cause);
    }

    /** Its details are empty if it came without any, or they cannot be read. */
    private static com.google.rpc.Status sent(GrpcClientResponse<?, ?> response) {
        String details = details(response.trailers());
        if (details == null) {
            // A failure without any message arrives as headers only.
            details = details(response.headers());
        }
        try {
            return details == null
                    ? com.google.rpc.Status.getDefaultInstance()
                    : com.google.rpc.Status.parseFrom(Base64.getDecoder().decode(details));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return com.google.rpc.Status.getDefaultInstance();
        }
    }

    private static @Nullable String details(@Nullable MultiMap metadata) {
        return metadata == null ? null : metadata.get(DETAILS);
    }

    private static boolean hasRetryTime(com.google.rpc.Status status) {
        return status.getDetailsList().stream().anyMatch(detail -> detail.is(RetryInfo.class));
    }

    private static String reasonOf(com.google.rpc.Status status, GrpcStatus code) {
        for (Any detail : status.getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                try {
                    return detail.unpack(ErrorInfo.class).getReason();
                } catch (InvalidProtocolBufferException e) {
                    return code.name();
                }
            }
        }
        return code.name();
    }
}
