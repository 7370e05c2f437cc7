package io.eventsync.server.http;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that sends nothing has no protocol yet and is not ours to time: the library's idle timeout closes it. Once it has one
 * that timeout must go, or it would close quiet streams. Uses an internal class, as that is the only way to either.
 */
final class IdleStart {
    private static final Logger LOG = LoggerFactory.getLogger(IdleStart.class);

    private IdleStart() {}

    static void endFor(HttpConnection connection) {
        try {
            if (connection instanceof ConnectionBase internal) {
                ChannelPipeline pipeline = internal.channelHandlerContext().pipeline();
                if (pipeline.get(IdleStateHandler.class) != null) {
                    IdleStateHandler unused = pipeline.remove(IdleStateHandler.class);
                }
            }
        } catch (RuntimeException | LinkageError e) {
            LOG.error("idle timeout stays on cause={} next=quiet streams will end early", e.toString());
        }
    }
}
