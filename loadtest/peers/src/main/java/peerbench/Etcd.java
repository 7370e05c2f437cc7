package peerbench;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** etcd: key = e/TAG/SEQ, value = payload; Watch on a key prefix; revision = cursor. */
public final class Etcd extends Peer {
    Client[] c;
    KV[] kv;
    final AtomicLong seq = new AtomicLong();
    Client[] sub;
    Client[] all;

    static ByteSequence bs(String s) {
        return ByteSequence.from(s, StandardCharsets.UTF_8);
    }

    Client client() {
        return Client.builder()
                .endpoints("http://127.0.0.1:" + opt.get("port"))
                .maxInboundMessageSize(64 << 20)
                .build();
    }

    @Override
    public void open(Map<String, String> opt, int conns) {
        this.opt = opt;
        this.conns = conns;
        c = new Client[conns];
        kv = new KV[conns];
        for (int i = 0; i < conns; i++) {
            c[i] = client();
            kv[i] = c[i].getKVClient();
        }
        sub = new Client[4];
    }

    ByteSequence key(String tag) {
        return bs("e/" + tag + "/"
                + Long.toHexString(seq.incrementAndGet() | (System.identityHashCode(this) & 0xffffL) << 44));
    }

    @Override
    public CompletableFuture<?> put(int i, String tag, byte[] p) {
        return kv[i].put(key(tag), ByteSequence.from(p));
    }

    @Override
    public CompletableFuture<?> putBatch(int i, List<String> t, List<byte[]> p) {
        Op[] ops = new Op[t.size()];
        for (int j = 0; j < ops.length; j++)
            ops[j] = Op.put(key(t.get(j)), ByteSequence.from(p.get(j)), PutOption.DEFAULT);
        return kv[i].txn().Then(ops).commit();
    }

    @Override
    public String batchKind() {
        return "Txn of 100 puts";
    }

    @Override
    public String filter() {
        return "server";
    }

    @Override
    public synchronized AutoCloseable subscribe(int idx, String prefix, Sink sink) throws Exception {
        int k = idx % sub.length;
        if (sub[k] == null) sub[k] = client();
        String pre = "e/" + prefix + (prefix.contains(".") && !prefix.endsWith(".") ? "/" : "");
        Watch.Watcher w = sub[k].getWatchClient()
                .watch(bs(pre), WatchOption.builder().isPrefix(true).build(), r -> {
                    for (WatchEvent e : r.getEvents())
                        sink.onEvent(e.getKeyValue().getValue().getBytes());
                });
        return w::close;
    }

    @Override
    public long readAll(long expect) throws Exception {
        AtomicLong n = new AtomicLong();
        CountDownLatch l = new CountDownLatch(1);
        try (Client cc = client()) {
            var w = cc.getWatchClient()
                    .watch(
                            bs("e/"),
                            WatchOption.builder().isPrefix(true).withRevision(1).build(),
                            r -> {
                                if (n.addAndGet(r.getEvents().size()) >= expect) l.countDown();
                            });
            l.await();
            w.close();
        }
        return n.get();
    }

    @Override
    public void close() {
        for (Client x : c) x.close();
    }
}
