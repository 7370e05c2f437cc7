package io.eventsync.server;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What came back on a stream.
 *
 * @param headers of the answer and its trailers
 * @param resetCode of the RST_STREAM, if one came
 */
record WireAnswer(Map<String, String> headers, Buffer body, OptionalInt resetCode) {
    private static final int FRAME_HEADER_BYTES = 5;

    /** The HTTP status, or 0 if there was none. */
    int httpStatus() {
        return Integer.parseInt(headers.getOrDefault(":status", "0"));
    }

    /** The gRPC status, or -1 if there was none. */
    int grpcStatus() {
        return Integer.parseInt(headers.getOrDefault("grpc-status", "-1"));
    }

    /** The trailer with the details; an empty status if there was none. */
    Status status() {
        String details = headers.getOrDefault("grpc-status-details-bin", "");
        try {
            return Status.parseFrom(Base64.getDecoder().decode(details));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** The reason, or nothing if the answer has none. */
    String reason() {
        return detail(ErrorInfo.class).map(ErrorInfo::getReason).orElse("");
    }

    /** The names of the fields that are wrong. */
    List<String> fields() {
        return detail(BadRequest.class).stream()
                .flatMap(bad -> bad.getFieldViolationsList().stream())
                .map(BadRequest.FieldViolation::getField)
                .toList();
    }

    <T extends Message> Optional<T> detail(Class<T> type) {
        return status().getDetailsList().stream()
                .filter(detail -> detail.is(type))
                .findFirst()
                .map(detail -> unpacked(detail, type));
    }

    private static <T extends Message> T unpacked(Any detail, Class<T> type) {
        try {
            return detail.unpack(type);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** The messages in the body. */
    List<byte[]> messages() {
        List<byte[]> messages = new ArrayList<>();
        ByteBuffer rest = ByteBuffer.wrap(body.getBytes());
        while (rest.remaining() > FRAME_HEADER_BYTES) {
            rest.get();
            byte[] message = new byte[rest.getInt()];
            rest.get(message);
            messages.add(message);
        }
        return messages;
    }

    @Override
    public String toString() {
        return "headers=" + headers + " body=" + body.length() + " reset=" + resetCode + " reason=" + reason()
                + " fields=" + fields();
    }
}
