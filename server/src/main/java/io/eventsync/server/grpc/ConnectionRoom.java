package io.eventsync.server.grpc;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.function.BooleanSupplier;

/** Whether a connection as a whole takes more just now. Vert.x knows, and does not tell. */
final class ConnectionRoom {
    private ConnectionRoom() {}

    /** False while its socket is full, or its client gives no more of the window that all streams share (RFC 9113, section 5.2). */
    static BooleanSupplier of(HttpConnection connection) {
        if (!(connection instanceof ConnectionBase internal)) {
            return () -> true;
        }
        Channel channel = internal.channel();
        Http2ConnectionHandler handler = channel.pipeline().get(Http2ConnectionHandler.class);
        if (handler == null) {
            return channel::isWritable;
        }
        Http2Connection http2 = handler.connection();
        return () -> channel.isWritable() && http2.remote().flowController().windowSize(http2.connectionStream()) > 0;
    }
}
