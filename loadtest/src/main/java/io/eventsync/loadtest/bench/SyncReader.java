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

/** Reads the log page by page from its beginning to its head or a number of events, once or over and over, or until the time is up. */
final class SyncReader extends VerticleBase {

    private final Connection connection;
    private final List<String> prefixes;
    private final int pageEvents;
    private final long readingEvents;
    private final boolean isRepeated;
    private WireScan scan = new WireScan("");
    private Tally tally = new Tally();
    private Promise<Tally> finished = Promise.promise();
    private long read;

    /** @param readingEvents where a reading ends, if the head is not reached before */
    SyncReader(Connection connection, List<String> prefixes, int pageEvents, long readingEvents, boolean isRepeated) {
        this.connection = connection;
        this.prefixes = prefixes;
        this.pageEvents = pageEvents;
        this.readingEvents = readingEvents;
        this.isRepeated = isRepeated;
    }

    @Override
    public Future<?> stop() {
        return connection.close();
    }

    /** From the beginning, with what was counted before forgotten. One run after the other. */
    Future<Tally> run(Window window) {
        Promise<Tally> promise = Promise.promise();
        context.runOnContext(ignored -> {
            finished = promise;
            tally = new Tally();
            begin(window);
        });
        return promise.future();
    }

    private void begin(Window window) {
        scan = new WireScan("");
        read = 0;
        page(window);
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
            read += scan.events;
            boolean isRead = scan.isUpToDate || read >= readingEvents;
            if (window.isOver(now) || (isRead && !isRepeated)) {
                finished.complete(tally);
            } else if (isRead) {
                begin(window);
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
                .setMaxEvents((int) Math.min(pageEvents, readingEvents - read))
                .build()
                .toByteArray());
    }
}
