package peerbench;

import com.google.protobuf.ByteString;
import io.eventsync.loadtest.rpc.Connection;
import io.eventsync.loadtest.rpc.Target;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.Filter;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** EventSync: Ingest, IngestBatch, Subscribe with a tag prefix, Sync from the first event. */
public final class EventSync extends Peer {
    static final int SUB_CONNS = 4;
    final Vertx vx = Vertx.vertx();
    Lane[] put;
    Lane[] sub = new Lane[SUB_CONNS];

    /** A connection and the event loop it lives on. */
    final class Lane {
        final Connection to = Connection.to(vx, Target.parse("127.0.0.1:" + opt.get("port")));
        final Context ctx;

        Lane() throws Exception {
            CompletableFuture<Context> c = new CompletableFuture<>();
            vx.deployVerticle(new VerticleBase() {
                        @Override
                        public Future<?> start() {
                            c.complete(context);
                            return Future.succeededFuture();
                        }
                    })
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
            ctx = c.get();
        }

        <T> CompletableFuture<T> call(Supplier<Future<T>> rpc) {
            CompletableFuture<T> done = new CompletableFuture<>();
            Runnable go = () -> rpc.get().onComplete((r, e) -> {
                if (e != null) done.completeExceptionally(e);
                else done.complete(r);
            });
            if (Vertx.currentContext() == ctx) go.run();
            else ctx.runOnContext(v -> go.run());
            return done;
        }
    }

    @Override
    public void open(Map<String, String> opt, int conns) throws Exception {
        this.opt = opt;
        this.conns = conns;
        put = new Lane[conns];
        for (int i = 0; i < conns; i++) put[i] = new Lane();
    }

    static Event event(String tag, byte[] p) {
        return Event.newBuilder().setTag(tag).setData(ByteString.copyFrom(p)).build();
    }

    @Override
    public CompletableFuture<?> put(int i, String tag, byte[] p) {
        Buffer b = Buffer.buffer(
                IngestRequest.newBuilder().setEvent(event(tag, p)).build().toByteArray());
        return put[i].call(() -> put[i].to.unary(EventServiceGrpcClient.Ingest, b));
    }

    @Override
    public CompletableFuture<?> putBatch(int i, List<String> t, List<byte[]> p) {
        IngestBatchRequest.Builder r = IngestBatchRequest.newBuilder();
        for (int j = 0; j < t.size(); j++) r.addEvents(event(t.get(j), p.get(j)));
        Buffer b = Buffer.buffer(r.build().toByteArray());
        return put[i].call(() -> put[i].to.unary(EventServiceGrpcClient.IngestBatch, b));
    }

    @Override
    public String batchKind() {
        return "IngestBatch of 100";
    }

    @Override
    public String filter() {
        return "server";
    }

    static Filter filter(String prefix) {
        String tag = prefix.endsWith(".") ? prefix.substring(0, prefix.length() - 1) : prefix;
        return tag.isEmpty()
                ? Filter.getDefaultInstance()
                : Filter.newBuilder().addTagPrefixes(tag).build();
    }

    @Override
    public AutoCloseable subscribe(int idx, String prefix, Sink sink) throws Exception {
        return subscribe(idx, filter(prefix), Anchor.ANCHOR_NOW, sink);
    }

    synchronized AutoCloseable subscribe(int idx, Filter filter, Anchor from, Sink sink) throws Exception {
        int k = idx % SUB_CONNS;
        if (sub[k] == null) sub[k] = new Lane();
        SubscribeRequest r = SubscribeRequest.newBuilder()
                .setFilter(filter)
                .setStart(Start.newBuilder().setAnchor(from))
                .build();
        var call = sub[k].call(() -> sub[k].to.open(EventServiceGrpcClient.Subscribe))
                .get();
        CompletableFuture<Void> started = new CompletableFuture<>();
        sub[k].ctx.runOnContext(v -> {
            call.response().onComplete((resp, e) -> {
                if (e != null) {
                    started.completeExceptionally(e);
                    return;
                }
                resp.handler(m -> {
                    if (m.hasStarted()) started.complete(null);
                    for (Event x : m.getBatch().getEventsList())
                        sink.onEvent(x.getData().toByteArray());
                });
                resp.exceptionHandler(x -> System.err.println("subscription: " + x));
            });
            call.end(r);
        });
        started.get();
        return call::cancel;
    }

    @Override
    public long readAll(long expect) throws Exception {
        return opt.getOrDefault("read", "sync").equals("sync") ? syncAll(expect) : subscribeAll(expect);
    }

    long subscribeAll(long expect) throws Exception {
        AtomicLong n = new AtomicLong();
        CountDownLatch all = new CountDownLatch(1);
        try (AutoCloseable s = subscribe(0, Filter.getDefaultInstance(), Anchor.ANCHOR_BEGINNING, p -> {
            if (n.incrementAndGet() >= expect) all.countDown();
        })) {
            all.await();
        }
        return n.get();
    }

    long syncAll(long expect) throws Exception {
        Lane l = new Lane();
        long n = 0;
        Start at = Start.newBuilder().setAnchor(Anchor.ANCHOR_BEGINNING).build();
        while (n < expect) {
            SyncRequest r =
                    SyncRequest.newBuilder().setStart(at).setMaxEvents(1000).build();
            SyncResponse page = l.call(() -> l.to.unary(EventServiceGrpcClient.Sync, r, 60_000))
                    .get();
            n += page.getEventsCount();
            at = Start.newBuilder().setCursor(page.getCursor()).build();
        }
        return n;
    }

    @Override
    public void close() throws Exception {
        vx.close().toCompletionStage().toCompletableFuture().get();
    }
}
