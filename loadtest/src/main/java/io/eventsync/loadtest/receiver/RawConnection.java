package io.eventsync.loadtest.receiver;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;

/** The TCP connection below HTTP. Vert.x opens it only to tunnels, so this reaches for its channel. */
final class RawConnection {

    private final Channel channel;

    private RawConnection(Channel channel) {
        this.channel = channel;
    }

    static RawConnection of(HttpServerRequest request) {
        return new RawConnection(((HttpServerConnection) request.connection())
                .channelHandlerContext()
                .channel());
    }

    /** With no time to linger, closing sends RST in place of FIN. */
    void reset() {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            sendAndClose(Buffer.buffer());
        }
    }

    /** Writes past the HTTP encoder. */
    void sendAndClose(Buffer bytes) {
        channel.pipeline()
                .firstContext()
                .writeAndFlush(Unpooled.wrappedBuffer(bytes.getBytes()))
                .addListener(ChannelFutureListener.CLOSE);
    }
}
