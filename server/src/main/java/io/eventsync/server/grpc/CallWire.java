package io.eventsync.server.grpc;

import io.eventsync.server.failure.Failure;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What carries a call: gRPC, or HTTP with JSON. Used on its own event loop only. Messages are protobuf bytes. After the end, or when the
 * client is gone, a write may throw IllegalStateException; {@link Call} sees to it that nobody else has to care.
 */
public interface CallWire {
    /** The request's headers, {@code authorization} among them. */
    MultiMap headers();

    /** Common name of the certificate that the client connected with, if it was asked for one. */
    Optional<String> certificateName();

    /** Address of the client, as the server sees it. */
    String peer();

    /** The connection, if gRPC came on it. */
    default @Nullable HttpConnection connection() {
        return null;
    }

    /** Runs when the client is gone, perhaps more than once. */
    void onGone(Runnable handler);

    /** Whether to stop writing until the drain handler runs. */
    boolean isFull();

    void onDrain(Runnable handler);

    /** One message of a stream. */
    Future<Void> write(Buffer message);

    /** The one message of an answer, and its end. */
    void end(Buffer message);

    /** Ends a stream well. */
    void end();

    void fail(Failure failure);
}
