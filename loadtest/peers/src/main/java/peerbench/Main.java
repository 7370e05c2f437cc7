package peerbench;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Runs one workload against one peer and prints one JSON object a line on the original stdout. */
public final class Main {
    static PrintStream out;
    static Map<String, String> opt = new TreeMap<>();
    static List<Integer> pids = new ArrayList<>();
    static final String[] TAGS = new String[100];

    static {
        for (int i = 0; i < 100; i++) TAGS[i] = "CAT" + (i / 10) + ".CODE" + (i % 10);
    }

    static Peer peer(String n) throws Exception {
        return (Peer) Class.forName("peerbench." + n).getDeclaredConstructor().newInstance();
    }

    static int num(String k, int d) {
        return opt.containsKey(k) ? Integer.parseInt(opt.get(k)) : d;
    }

    static double dbl(String k, double d) {
        return opt.containsKey(k) ? Double.parseDouble(opt.get(k)) : d;
    }

    static int[] ints(String k, String d) {
        return Arrays.stream(opt.getOrDefault(k, d).split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    public static void main(String[] a) throws Exception {
        out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
        System.setOut(System.err);
        for (String s : a) {
            int i = s.indexOf('=');
            opt.put(s.substring(0, i), s.substring(i + 1));
        }
        for (String p : opt.getOrDefault("pids", "").split(",")) if (!p.isBlank()) pids.add(Integer.parseInt(p.trim()));
        for (String w : opt.get("workload").split(",")) {
            opt.put("workload", w);
            switch (w) {
                case "w1" -> w1();
                case "w2" -> w2();
                case "w3" -> w3();
                case "w4" -> w4();
                case "load" -> load();
                case "w5" -> w5();
                case "fsync" -> {
                    Map<String, Object> m = base();
                    m.put("fdatasync_per_s", fsyncProbe(3));
                    print(m);
                }
                default -> throw new IllegalArgumentException(w);
            }
        }
        out.flush();
        Runtime.getRuntime().halt(0);
    }

    // ---- helpers ----
    static Map<String, Object> base() {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("peer", opt.getOrDefault("label", opt.getOrDefault("peer", "-")));
        m.put("workload", opt.get("workload"));
        if (opt.containsKey("durable")) m.put("durable", opt.get("durable"));
        return m;
    }

    static void print(Map<String, Object> m) {
        StringBuilder b = new StringBuilder("{");
        for (var e : m.entrySet()) {
            if (b.length() > 1) b.append(',');
            b.append('"').append(e.getKey()).append("\":");
            Object v = e.getValue();
            if (v instanceof Double || v instanceof Float)
                b.append(
                        String.format(Locale.ROOT, "%.4g", ((Number) v).doubleValue())
                                        .contains("e")
                                ? String.format(Locale.ROOT, "%.0f", ((Number) v).doubleValue())
                                : String.format(Locale.ROOT, "%.4g", ((Number) v).doubleValue()));
            else if (v instanceof Number || v instanceof Boolean) b.append(v);
            else b.append('"').append(String.valueOf(v).replace("\"", "'")).append('"');
        }
        out.println(b.append('}'));
    }

    static void lat(Map<String, Object> m, Histogram h) {
        m.put("p50_ms", h.getValueAtPercentile(50) / 1e6);
        m.put("p99_ms", h.getValueAtPercentile(99) / 1e6);
        m.put("p999_ms", h.getValueAtPercentile(99.9) / 1e6);
        m.put("max_ms", h.getMaxValue() / 1e6);
    }
    /** Plain fdatasync rate of this disk right now: 256-byte appends in the data directory. */
    static double fsyncProbe(double secs) throws Exception {
        if (!opt.containsKey("datadir")) return -1;
        Path p = Path.of(opt.get("datadir"), "fsync.probe");
        long n = 0, t0 = System.nanoTime();
        try (FileChannel c = FileChannel.open(
                p, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer b = ByteBuffer.allocate(256);
            while (System.nanoTime() - t0 < secs * 1e9) {
                b.clear();
                c.write(b);
                c.force(false);
                n++;
            }
        }
        double r = n * 1e9 / (System.nanoTime() - t0);
        p.toFile().delete();
        return r;
    }

    static final class Usage {
        double s, c, b;
        long t;

        Usage() {
            s = Proc.cpu(pids);
            c = Proc.selfCpu();
            b = Proc.machineBusy();
            t = System.nanoTime();
        }

        void put(Map<String, Object> m, double events) {
            double ds = Proc.cpu(pids) - s,
                    dc = Proc.selfCpu() - c,
                    db = Proc.machineBusy() - b,
                    dt = (System.nanoTime() - t) / 1e9;
            m.put("server_cpu_s_per_1k", ds / events * 1000);
            m.put("client_cpu_s_per_1k", dc / events * 1000);
            m.put("server_cores", ds / dt);
            m.put("client_cores", dc / dt);
            m.put("other_cores", Math.max(0, (db - ds - dc) / dt));
            m.put("server_pss_mb", Proc.pssMb(pids));
        }
    }

    static byte[] payload(long stamp, long seq) {
        byte[] b = new byte[num("size", 256)];
        ByteBuffer bb = ByteBuffer.wrap(b);
        bb.putLong(stamp).putLong(seq);
        for (int i = 16; i < b.length; i++) b[i] = (byte) ('a' + (i * 7 + (int) seq) % 26);
        return b;
    }

    static long stamp(byte[] p) {
        return ByteBuffer.wrap(p).getLong();
    }

    // ---- W1: durable ingest, one event per call, closed loop ----
    static void w1() throws Exception {
        double warm = dbl("warm", 0.3), dur = dbl("dur", 2);
        Peer p = peer(opt.get("peer"));
        p.open(opt, num("conns", 4));
        loop(p, 32, dbl("jit", 2.5), 1, null); // JIT and server warm-up
        for (int c : ints("c", "1,16,64,256,1024")) {
            loop(p, c, warm, 1, null);
            Map<String, Object> m = base();
            m.put("c", c);
            m.put("fsync_probe_per_s", fsyncProbe(0.4));
            loop(p, c, dur, 1, m);
            print(m);
        }
        p.close();
    }
    // ---- W2: 100 events per call ----
    static void w2() throws Exception {
        double warm = dbl("warm", 0.3), dur = dbl("dur", 2);
        Peer p = peer(opt.get("peer"));
        p.open(opt, num("conns", 4));
        loop(p, 4, dbl("jit", 2.5), 100, null);
        for (int c : ints("c", "1,8,32")) {
            loop(p, c, warm, 100, null);
            Map<String, Object> m = base();
            m.put("c", c);
            m.put("batch", 100);
            m.put("batch_kind", p.batchKind());
            m.put("fsync_probe_per_s", fsyncProbe(0.4));
            loop(p, c, dur, 100, m);
            print(m);
        }
        p.close();
    }

    static final AtomicLong SEQ = new AtomicLong();

    /** c slots, each sends its next call when the last one was acked. */
    static void loop(Peer p, int c, double secs, int batch, Map<String, Object> m) throws Exception {
        ConcurrentHistogram h = new ConcurrentHistogram(TimeUnit.SECONDS.toNanos(60), 3);
        LongAdder done = new LongAdder(), err = new LongAdder();
        Usage u = m == null ? null : new Usage();
        long t0 = System.nanoTime(), end = t0 + (long) (secs * 1e9);
        AtomicLong last = new AtomicLong(t0);
        CountDownLatch l = new CountDownLatch(c);
        int nc = Math.max(1, Math.min(p.conns, c));
        for (int i = 0; i < c; i++) {
            int slot = i;
            step(p, slot % nc, batch, h, done, err, end, last, l);
        }
        if (!l.await((long) secs + 30, TimeUnit.SECONDS))
            System.err.println("loop: " + l.getCount() + " slots never came back");
        if (m == null) return;
        double el = (last.get() - t0) / 1e9, n = done.sum() * (double) batch;
        m.put("events_per_s", n / el);
        m.put("calls_per_s", done.sum() / el);
        lat(m, h);
        m.put("errors", err.sum());
        u.put(m, Math.max(1, n));
    }

    static void step(
            Peer p,
            int conn,
            int batch,
            ConcurrentHistogram h,
            LongAdder done,
            LongAdder err,
            long end,
            AtomicLong last,
            CountDownLatch l) {
        // iterative where acks come back at once, callback-driven otherwise
        long s = System.nanoTime();
        if (s >= end) {
            l.countDown();
            return;
        }
        java.util.concurrent.CompletableFuture<?> f;
        try {
            if (batch == 1) {
                long q = SEQ.incrementAndGet();
                f = p.put(conn, TAGS[(int) (q % 100)], payload(s, q));
            } else {
                List<String> t = new ArrayList<>(batch);
                List<byte[]> b = new ArrayList<>(batch);
                for (int i = 0; i < batch; i++) {
                    long q = SEQ.incrementAndGet();
                    t.add(TAGS[(int) (q % 100)]);
                    b.add(payload(s, q));
                }
                f = p.putBatch(conn, t, b);
            }
        } catch (Throwable e) {
            f = java.util.concurrent.CompletableFuture.failedFuture(e);
        }
        f.whenComplete((r, e) -> {
            long n = System.nanoTime();
            if (e != null) {
                if (err.sum() == 0) System.err.println("put failed: " + e);
                err.increment();
                if (err.sum() > 1000) {
                    l.countDown();
                    return;
                }
            } else {
                done.increment();
                h.recordValue(Math.min(n - s, TimeUnit.SECONDS.toNanos(59)));
                last.accumulateAndGet(n, Math::max);
            }
            step(p, conn, batch, h, done, err, end, last, l);
        });
    }

    // ---- W3: end to end, open loop, one filtered subscriber (one category of ten) ----
    static void w3() throws Exception {
        double dur = dbl("dur3", 4);
        Peer p = peer(opt.get("peer"));
        p.open(opt, num("conns", 1));
        ConcurrentHistogram h = new ConcurrentHistogram(TimeUnit.SECONDS.toNanos(60), 3),
                acks = new ConcurrentHistogram(TimeUnit.SECONDS.toNanos(60), 3);
        AtomicLong from = new AtomicLong(Long.MAX_VALUE);
        LongAdder got = new LongAdder();
        AutoCloseable s = p.subscribe(0, "CAT3.", b -> {
            long t = stamp(b);
            if (t >= from.get()) {
                h.recordValue(Math.min(Math.max(0, System.nanoTime() - t), 59_000_000_000L));
                got.increment();
            }
        });
        Thread.sleep(1000);
        for (int rate : ints("rate", "1000,5000")) {
            open(p, rate, 1, null, null);
            Thread.sleep(300);
            h.reset();
            acks.reset();
            got.reset();
            Map<String, Object> m = base();
            m.put("rate", rate);
            m.put("filter", p.filter());
            m.put("fsync_probe_per_s", fsyncProbe(0.4));
            from.set(System.nanoTime());
            Usage u = new Usage();
            double sent = open(p, rate, dur, acks, null);
            long exp = lastMatched;
            long t1 = System.nanoTime();
            while (got.sum() < exp && System.nanoTime() - t1 < 5e9) Thread.sleep(5);
            m.put("sent_per_s", sent);
            m.put("expected", exp);
            m.put("received", got.sum());
            lat(m, h);
            m.put("ack_p50_ms", acks.getValueAtPercentile(50) / 1e6);
            m.put("ack_p99_ms", acks.getValueAtPercentile(99) / 1e6);
            u.put(m, sent * dur);
            print(m);
            from.set(Long.MAX_VALUE);
        }
        s.close();
        p.close();
    }

    static volatile long lastMatched, lastSent;

    /** Open loop: sends at scheduled times whatever the acks do (cap 20,000 unacked); stamps carry the scheduled time. */
    static double open(Peer p, int rate, double secs, ConcurrentHistogram acks, AtomicLong sentCtr) throws Exception {
        Semaphore cap = new Semaphore(20000);
        long gap = 1_000_000_000L / rate, t0 = System.nanoTime(), n = (long) (rate * secs), matched = 0;
        for (long i = 0; i < n; i++) {
            long at = t0 + i * gap, w;
            while ((w = at - System.nanoTime()) > 0) {
                if (w > 60_000) LockSupport.parkNanos(w - 50_000);
                else Thread.onSpinWait();
            }
            long q = SEQ.incrementAndGet();
            String tag = TAGS[(int) (q % 100)];
            if (tag.startsWith("CAT3.")) matched++;
            cap.acquire();
            p.put(0, tag, payload(at, q)).whenComplete((r, e) -> {
                cap.release();
                if (acks != null && e == null) acks.recordValue(Math.min(System.nanoTime() - at, 59_000_000_000L));
            });
            if (sentCtr != null) sentCtr.incrementAndGet();
            if (System.nanoTime() - t0 > (secs + 10) * 1e9) {
                n = i + 1;
                break;
            }
        }
        double el = (System.nanoTime() - t0) / 1e9;
        lastMatched = matched;
        lastSent = n;
        cap.tryAcquire(20000, 10, TimeUnit.SECONDS);
        return n / el;
    }

    // ---- W4: fan-out ----
    static void w4() throws Exception {
        int n = num("n", 100);
        String mode = opt.getOrDefault("match", "all");
        double dur = dbl("dur4", 4);
        Peer p = peer(opt.get("peer"));
        p.open(opt, num("conns", 1));
        double pss0 = settle();
        double selfBefore = Proc.pssMb(List.of((int) ProcessHandle.current().pid()));
        ConcurrentHistogram h = new ConcurrentHistogram(TimeUnit.SECONDS.toNanos(60), 3);
        LongAdder got = new LongAdder();
        AtomicLong from = new AtomicLong(Long.MAX_VALUE), lastRx = new AtomicLong();
        List<AutoCloseable> subs = new ArrayList<>();
        Peer.Sink sink = b -> {
            long t = stamp(b);
            if (t >= from.get()) {
                long now = System.nanoTime();
                h.recordValue(Math.min(Math.max(0, now - t), 59_000_000_000L));
                got.increment();
                lastRx.lazySet(now);
            }
        };
        long ts = System.nanoTime();
        for (int i = 0; i < n; i++) subs.add(p.subscribe(i, mode.equals("all") ? "" : TAGS[i % 100], sink));
        double openS = (System.nanoTime() - ts) / 1e9;
        Thread.sleep(1500);
        double pss1 = settle();
        Map<String, Object> mm = base();
        mm.put("n", n);
        mm.put("match", mode);
        mm.put("phase", "open");
        mm.put("filter", p.filter());
        mm.put("open_s", openS);
        mm.put("server_pss_mb_before", pss0);
        mm.put("server_pss_mb", pss1);
        mm.put("server_kb_per_sub", (pss1 - pss0) * 1024 / n);
        mm.put(
                "client_kb_per_sub",
                (Proc.pssMb(List.of((int) ProcessHandle.current().pid())) - selfBefore) * 1024 / n);
        Usage idle = new Usage();
        Thread.sleep(1500);
        idle.put(mm, 1000);
        mm.remove("server_cpu_s_per_1k");
        mm.remove("client_cpu_s_per_1k");
        print(mm);
        double perEvent = mode.equals("all") ? n : n / 100.0;
        double jit = dbl("jit", 0);
        if (jit > 0) {
            from.set(0);
            maxSend(p, jit, got, perEvent);
            waitQuiet(got, 2);
            from.set(Long.MAX_VALUE);
        }
        // fixed rate, then as fast as it goes (64 unacked)
        for (String ph : opt.getOrDefault("phases", "fixed,max").split(",")) {
            int warm = (int) Math.max(1, Math.min(1000, 20000 / perEvent)),
                    rate = ph.equals("fixed") ? num("rate", warm) : 0;
            Map<String, Object> m = base();
            m.put("n", n);
            m.put("match", mode);
            m.put("phase", ph);
            m.put("filter", p.filter());
            m.put("fsync_probe_per_s", fsyncProbe(0.4));
            open(p, warm, 1, null, null);
            waitQuiet(got, 2);
            h.reset();
            got.reset();
            from.set(System.nanoTime());
            Usage u = new Usage();
            long t0 = System.nanoTime();
            double sent = rate > 0 ? open(p, rate, dur, null, null) : maxSend(p, dur, got, perEvent);
            long total = lastSent;
            double exp = Math.floor(total * perEvent);
            long t1 = System.nanoTime();
            while (got.sum() < exp
                    && System.nanoTime() - t1 < 15e9
                    && System.nanoTime() - Math.max(t1, lastRx.get()) < 3e9) Thread.sleep(5);
            double el = (Math.max(lastRx.get(), t1) - t0) / 1e9;
            m.put("sent_per_s", sent);
            m.put("delivered_per_s", got.sum() / el);
            m.put("delivered_ratio", got.sum() / Math.max(1, exp));
            lat(m, h);
            u.put(m, Math.max(1, got.sum())); // CPU per 1,000 delivered messages
            print(m);
            from.set(Long.MAX_VALUE);
        }
        Runtime.getRuntime().halt(0);
    }
    /** As fast as the subscribers keep up: at most 256 events sent but not yet delivered to all, 64 unacked. */
    static double maxSend(Peer p, double secs, LongAdder got, double perEvent) throws Exception {
        Semaphore cap = new Semaphore(64);
        long t0 = System.nanoTime(), n = 0, seen = -1, moved = t0;
        double lost = 0;
        while (System.nanoTime() - t0 < secs * 1e9) {
            while ((n - lost) * perEvent - got.sum() > 256 * perEvent && System.nanoTime() - t0 < secs * 1e9) {
                long g = got.sum(), now = System.nanoTime();
                if (g != seen) {
                    seen = g;
                    moved = now;
                } else if (now - moved > 1_000_000_000L) {
                    lost = n - g / perEvent;
                    moved = now;
                } // dropped: go on
                LockSupport.parkNanos(100_000);
            }
            cap.acquire();
            long q = SEQ.incrementAndGet();
            n++;
            p.put(0, TAGS[(int) (q % 100)], payload(System.nanoTime(), q)).whenComplete((r, e) -> cap.release());
        }
        lastSent = n;
        cap.tryAcquire(64, 10, TimeUnit.SECONDS);
        return n / ((System.nanoTime() - t0) / 1e9);
    }

    static void waitQuiet(LongAdder got, double s) throws Exception {
        Thread.sleep((long) (s * 500));
    }

    static double settle() throws Exception {
        System.gc();
        Thread.sleep(500);
        return Proc.pssMb(pids);
    }

    // ---- load: fill for W5 (not reported as ingest) ----
    static void load() throws Exception {
        long n = num("n", 1_000_000);
        Peer p = peer(opt.get("peer"));
        p.open(opt, num("conns", 4));
        Semaphore cap = new Semaphore(16);
        AtomicInteger err = new AtomicInteger();
        long t0 = System.nanoTime();
        for (long i = 0; i < n; i += 100) {
            List<String> t = new ArrayList<>(100);
            List<byte[]> b = new ArrayList<>(100);
            for (int j = 0; j < 100; j++) {
                long q = SEQ.incrementAndGet();
                t.add(TAGS[(int) (q % 100)]);
                b.add(payload(System.nanoTime(), q));
            }
            cap.acquire();
            p.putBatch((int) (i / 100) % Math.max(1, p.conns), t, b).whenComplete((r, e) -> {
                cap.release();
                if (e != null) {
                    if (err.incrementAndGet() < 5) e.printStackTrace();
                }
            });
        }
        cap.acquire(16);
        Map<String, Object> m = base();
        m.put("n", n);
        m.put("load_s", (System.nanoTime() - t0) / 1e9);
        m.put("errors", err.get());
        m.put("server_pss_mb", Proc.pssMb(pids));
        print(m);
        p.close();
    }
    // ---- W5: read everything back by cursor ----
    static void w5() throws Exception {
        long n = num("n", 1_000_000);
        Peer p = peer(opt.get("peer"));
        p.open(opt, 1);
        for (int i = 0; i < num("reps", 3); i++) {
            Map<String, Object> m = base();
            m.put("n", n);
            Usage u = new Usage();
            long t0 = System.nanoTime();
            long got = p.readAll(n);
            double el = (System.nanoTime() - t0) / 1e9;
            m.put("read", got);
            m.put("events_per_s", got / el);
            u.put(m, got);
            print(m);
        }
        p.close();
    }
}
