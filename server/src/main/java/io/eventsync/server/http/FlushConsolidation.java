package io.eventsync.server.http;

import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets many writes to one connection share a system call: Vert.x flushes on every write outside a read. Uses an internal class; where
 * that changes, only speed is lost.
 */
final class FlushConsolidation {
    private static final Logger LOG = LoggerFactory.getLogger(FlushConsolidation.class);
    private static final int FLUSHES_MAX = 1_024;

    private FlushConsolidation() {}

    static void addTo(HttpConnection connection) {
        try {
            if (connection instanceof ConnectionBase internal) {
                internal.channelHandlerContext()
                        .pipeline()
                        .addFirst("eventsync-flush", new FlushConsolidationHandler(FLUSHES_MAX, true));
            }
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("flush consolidation is off cause={} next=serve without it", e.toString());
        }
    }
}
