package io.eventsync.server.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failures as {@code google.rpc.Status} (AIP-193). */
public final class StatusMapper {
    static final String DOMAIN = "eventsync";
    static final String DETAILS_TRAILER = "grpc-status-details-bin";

    private static final Logger LOG = LoggerFactory.getLogger(StatusMapper.class);

    /** Classes of SQLSTATE: transaction states, rolled back, out of resources, operator intervention. */
    private static final List<String> AWAY = List.of("25", "40", "53", "57");

    private StatusMapper() {}

    /** What the caller is told. What is not a known failure is a defect: it is logged and nothing of it is told. */
    public static Failure failure(Throwable cause) {
        if (cause instanceof Failure failure) {
            Throwable words = failure.getCause();
            if (words != null && isDefect(words)) {
                LOG.error("a statement failed unexpectedly, next=answer {}", failure.reason(), words);
            }
            return failure;
        }
        if (cause instanceof VertxException) {
            return Failure.storeUnavailable(cause);
        }
        LOG.error("a call failed unexpectedly, next=answer INTERNAL", cause);
        return Failure.of(Reason.INTERNAL, "internal error; the server's log has the details");
    }

    /** Whether it is our own fault, and not that Postgres is stopping, starting, full, out of connections or gone. */
    private static boolean isDefect(Throwable words) {
        if (words instanceof PgException refused) {
            String state = String.valueOf(refused.getSqlState());
            return AWAY.stream().noneMatch(state::startsWith);
        }
        boolean isBadArgument = words instanceof VertxException
                && String.valueOf(words.getMessage()).startsWith("Parameter");
        return isBadArgument || (words instanceof RuntimeException && !(words instanceof VertxException));
    }

    public static Status status(Failure failure) {
        Status.Builder status = Status.newBuilder()
                .setCode(failure.reason().code().number())
                .setMessage(failure.getMessage())
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(failure.reason().name())
                        .setDomain(DOMAIN)
                        .putAllMetadata(failure.metadata())
                        .build()));
        if (!failure.violations().isEmpty()) {
            BadRequest.Builder bad = BadRequest.newBuilder();
            for (Failure.FieldViolation violation : failure.violations()) {
                bad.addFieldViolationsBuilder()
                        .setField(violation.field())
                        .setDescription(violation.description())
                        .setReason(failure.reason().name());
            }
            status.addDetails(Any.pack(bad.build()));
        }
        failure.retryAfter()
                .ifPresent(delay -> status.addDetails(Any.pack(RetryInfo.newBuilder()
                        .setRetryDelay(Duration.newBuilder()
                                .setSeconds(delay.toSeconds())
                                .setNanos(delay.toNanosPart()))
                        .build())));
        failure.resource()
                .ifPresent(resource -> status.addDetails(Any.pack(ResourceInfo.newBuilder()
                        .setResourceType(resource.type())
                        .setResourceName(resource.name())
                        .setDescription(failure.getMessage())
                        .build())));
        return status.build();
    }

    /** The trailer's value: base64 without padding, as gRPC sends binary metadata. */
    static String encode(Status status) {
        return Base64.getEncoder().withoutPadding().encodeToString(status.toByteArray());
    }
}
