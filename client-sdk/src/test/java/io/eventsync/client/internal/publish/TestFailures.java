package io.eventsync.client.internal.publish;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.eventsync.client.EventSyncException;
import io.eventsync.client.internal.Failures;
import java.util.Map;

/** What servers say when they refuse. */
final class TestFailures {
    private TestFailures() {}

    static Status status(Code code, String reason, Map<String, String> metadata) {
        return Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage("said so")
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(reason)
                        .setDomain("eventsync")
                        .putAllMetadata(metadata)
                        .build()))
                .build();
    }

    static Status badField(String field) {
        return status(Code.INVALID_ARGUMENT, "FIELD_INVALID", Map.of()).toBuilder()
                .addDetails(Any.pack(BadRequest.newBuilder()
                        .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                                .setField(field)
                                .setDescription("is wrong"))
                        .build()))
                .build();
    }

    static Status overloaded(int retryMillis) {
        return status(Code.RESOURCE_EXHAUSTED, "OVERLOADED", Map.of()).toBuilder()
                .addDetails(Any.pack(RetryInfo.newBuilder()
                        .setRetryDelay(Duration.newBuilder().setNanos(retryMillis * 1_000_000))
                        .build()))
                .build();
    }

    static EventSyncException failure(Code code, String reason) {
        return Failures.of(status(code, reason, Map.of()));
    }
}
