package peerbench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/** Upper limits for a Vert.x webhook sender: POST only, POST + one audit row per attempt, POST + audit rows in groups. args: k=v */
public final class WebhookLimit {
    static volatile boolean stop;

    public static void main(String[] a) throws Exception {
        Main.out = new java.io.PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true);
        System.setOut(System.err);
        for (String s : a) {
            int i = s.indexOf('=');
            Main.opt.put(s.substring(0, i), s.substring(i + 1));
        }
        for (String p : Main.opt.getOrDefault("pids", "").split(","))
            if (!p.isBlank()) Main.pids.add(Integer.parseInt(p));
        int rport = Main.num("rport", 0);
        String audit = Main.opt.getOrDefault("audit", "none");
        Vertx vx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Pool pool = null;
        if (!audit.equals("none")) {
            pool = PgBuilder.pool()
                    .with(new PoolOptions().setMaxSize(32))
                    .connectingTo(new PgConnectOptions()
                            .setHost("127.0.0.1")
                            .setPort(Main.num("pgport", 0))
                            .setUser("bench")
                            .setDatabase("bench")
                            .setCachePreparedStatements(true))
                    .using(vx)
                    .build();
            Pg.get(pool.query(
                            "create table if not exists attempts(id bigserial primary key, event bigint, endpoint int, status int, error text, at timestamptz default now())")
                    .execute());
        }
        WebClient wc = WebClient.create(
                vx,
                new WebClientOptions()
                        .setMaxPoolSize(1024)
                        .setKeepAlive(true)
                        .setPipelining(false)
                        .setTcpNoDelay(true));
        HttpRequest<Buffer> req = wc.post(rport, "127.0.0.1", "/hook").putHeader("content-type", "application/json");
        Sender s = new Sender();
        s.vx = vx;
        s.req = req;
        s.pool = pool;
        s.audit = audit;
        for (int c : Main.ints("c", "1,64,256")) {
            s.run(c, 1.5, false);
            s.run(c, Main.dbl("dur", 4), true);
        }
        Runtime.getRuntime().halt(0);
    }

    static final class Sender {
        Vertx vx;
        HttpRequest<Buffer> req;
        Pool pool;
        String audit;
        long seq;
        List<Integer> evs = new ArrayList<>();
        List<Runnable> done = new ArrayList<>();
        int flushing;
        ConcurrentHistogram h;
        LongAdder n, err;
        long end;
        CountDownLatch l;

        void run(int c, double secs, boolean print) throws Exception {
            h = new ConcurrentHistogram(TimeUnit.SECONDS.toNanos(60), 3);
            n = new LongAdder();
            err = new LongAdder();
            l = new CountDownLatch(c);
            Main.Usage u = new Main.Usage();
            long t0 = System.nanoTime();
            end = t0 + (long) (secs * 1e9);
            vx.runOnContext(v -> {
                for (int i = 0; i < c; i++) next();
            });
            l.await();
            double el = (System.nanoTime() - t0) / 1e9;
            if (!print) return;
            Map<String, Object> m = Main.base();
            m.put("c", c);
            m.put("events_per_s", n.sum() / el);
            Main.lat(m, h);
            m.put("errors", err.sum());
            u.put(m, n.sum());
            Main.print(m);
        }

        void next() {
            long t = System.nanoTime();
            if (t >= end) {
                l.countDown();
                return;
            }
            StringBuilder b = new StringBuilder(280)
                    .append("{\"stamp\":")
                    .append(Receiver.micros())
                    .append(",\"category\":\"DATABASE\",\"code\":\"CONNECTION_LOST\",\"id\":")
                    .append(++seq)
                    .append(",\"message\":\"");
            while (b.length() < 250) b.append('x');
            b.append("\"}");
            req.sendBuffer(Buffer.buffer(b.toString())).onComplete(r -> {
                boolean ok = r.succeeded() && r.result().statusCode() == 200;
                if (!ok) err.increment();
                Runnable fin = () -> {
                    n.increment();
                    h.recordValue(System.nanoTime() - t);
                    next();
                };
                switch (audit) {
                    case "none" -> fin.run();
                    case "row" ->
                        pool.preparedQuery("insert into attempts(event,endpoint,status) values($1,$2,$3)")
                                .execute(Tuple.of(seq, 1, 200))
                                .onComplete(x -> {
                                    if (x.failed()) err.increment();
                                    fin.run();
                                });
                    default -> {
                        evs.add((int) seq);
                        done.add(fin);
                        flush();
                    }
                }
            });
        }
        /** group commit: one insert in flight, everything that arrived meanwhile goes into the next one */
        void flush() {
            if (flushing > 0 || evs.isEmpty()) return;
            flushing++;
            Integer[] e = evs.toArray(new Integer[0]);
            List<Runnable> d = done;
            evs = new ArrayList<>();
            done = new ArrayList<>();
            pool.preparedQuery("insert into attempts(event,endpoint,status) select x,1,200 from unnest($1::int[]) x")
                    .execute(Tuple.of(e))
                    .onComplete(x -> {
                        flushing--;
                        if (x.failed()) err.increment();
                        for (Runnable r : d) r.run();
                        flush();
                    });
        }
    }
}
