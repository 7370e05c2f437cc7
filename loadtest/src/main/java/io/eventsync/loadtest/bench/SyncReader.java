package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.RpcException;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Filter;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** Reads the log page by page from its beginning to its head, or until the time is up. */
final class SyncReader extends VerticleBase {

    private final Connection connection;
    private final List<String> prefixes;
    private final int pageEvents;
    private final WireScan scan = new WireScan("");
    private final Tally tally = new Tally();
    private final Promise<Tally> finished = Promise.promise();

    SyncReader(Connection connection, List<String> prefixes, int pageEvents) {
        this.connection = connection;
        this.prefixes = prefixes;
        this.pageEvents = pageEvents;
    }

    @Override
    public Future<?> stop() {
        return connection.close();
    }

    Future<Tally> run(Window window) {
        context.runOnContext(ignored -> page(window));
        return finished.future();
    }

    private void page(Window window) {
        long asked = System.nanoTime();
        connection.unary(RawMethods.SYNC, request()).onComplete((page, failure) -> {
            long now = System.nanoTime();
            if (failure != null) {
                tally.failed(RpcException.of(failure, null).reason());
                finished.complete(tally);
                return;
            }
            scan.syncPage(page);
            tally.succeeded(scan.events, now - asked);
            if (scan.isUpToDate || window.isOver(now)) {
                finished.complete(tally);
            } else {
                page(window);
            }
        });
    }

    private Buffer request() {
        Start.Builder start = scan.cursor.isEmpty()
                ? Start.newBuilder().setAnchor(Anchor.ANCHOR_BEGINNING)
                : Start.newBuilder().setCursor(scan.cursor);
        return Buffer.buffer(SyncRequest.newBuilder()
                .setFilter(Filter.newBuilder().addAllTagPrefixes(prefixes))
                .setStart(start)
                .setMaxEvents(pageEvents)
                .build()
                .toByteArray());
    }
}
