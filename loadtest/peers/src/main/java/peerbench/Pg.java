package peerbench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** PostgreSQL: insert per event; statement trigger NOTIFY; subscribers LISTEN, then read rows past their cursor with the prefix in SQL. */
public final class Pg extends Peer {
    Vertx vx;
    Pool pool;
    static final String INS = "insert into events(tag,payload) values($1,$2)";

    PgConnectOptions co() {
        return new PgConnectOptions()
                .setHost("127.0.0.1")
                .setPort(Integer.parseInt(opt.get("port")))
                .setUser("bench")
                .setDatabase("bench")
                .setCachePreparedStatements(true)
                .setPipeliningLimit(Integer.parseInt(opt.getOrDefault("pipe", "1")));
    }

    static <T> T get(io.vertx.core.Future<T> f) throws Exception {
        return f.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Override
    public void open(Map<String, String> opt, int conns) throws Exception {
        this.opt = opt;
        this.conns = conns;
        vx = Vertx.vertx();
        pool = PgBuilder.pool()
                .with(new PoolOptions()
                        .setMaxSize(Integer.parseInt(opt.getOrDefault("pool", "64")))
                        .setEventLoopSize(2))
                .connectingTo(co())
                .using(vx)
                .build();
        get(pool.query(
                        "create table if not exists events(id bigserial primary key, tag text not null, payload bytea not null, at timestamptz not null default now())")
                .execute());
        boolean notify = opt.get("workload").equals("w3") || opt.get("workload").equals("w4");
        get(pool.query("drop trigger if exists t on events").execute());
        if (notify) {
            get(pool.query(
                            "create or replace function note() returns trigger language plpgsql as 'begin perform pg_notify(''ev'',''''); return null; end'")
                    .execute());
            get(pool.query("create trigger t after insert on events for each statement execute function note()")
                    .execute());
        }
    }

    @Override
    public CompletableFuture<?> put(int i, String tag, byte[] p) {
        return pool.preparedQuery(INS)
                .execute(Tuple.of(tag, Buffer.buffer(p)))
                .toCompletionStage()
                .toCompletableFuture();
    }

    @Override
    public CompletableFuture<?> putBatch(int i, List<String> t, List<byte[]> p) {
        Buffer[] b = new Buffer[p.size()];
        for (int j = 0; j < b.length; j++) b[j] = Buffer.buffer(p.get(j));
        return pool.preparedQuery("insert into events(tag,payload) select * from unnest($1::text[],$2::bytea[])")
                .execute(
                        Tuple.tuple().addArrayOfString(t.toArray(new String[0])).addArrayOfBuffer(b))
                .toCompletionStage()
                .toCompletableFuture();
    }

    @Override
    public String batchKind() {
        return "one insert of 100 rows";
    }

    @Override
    public String filter() {
        return "server";
    }

    final class Sub {
        PgConnection k;
        long cur;
        boolean busy, again;
        String like;
        Sink sink;

        void kick() {
            if (busy) {
                again = true;
                return;
            }
            busy = true;
            again = false;
            k.preparedQuery("select id,payload from events where id>$1 and tag like $2 order by id limit 1000")
                    .execute(Tuple.of(cur, like))
                    .onComplete(r -> {
                        busy = false;
                        if (r.failed()) {
                            System.err.println(r.cause());
                            return;
                        }
                        int n = 0;
                        for (Row row : r.result()) {
                            cur = row.getLong(0);
                            sink.onEvent(row.getBuffer(1).getBytes());
                            n++;
                        }
                        if (again || n == 1000) kick();
                    });
        }
    }

    @Override
    public AutoCloseable subscribe(int idx, String prefix, Sink sink) throws Exception {
        Sub s = new Sub();
        s.sink = sink;
        s.like = prefix + "%";
        s.k = get(PgConnection.connect(vx, co()));
        s.cur = get(s.k.query("select coalesce(max(id),0) from events").execute())
                .iterator()
                .next()
                .getLong(0);
        s.k.notificationHandler(n -> s.kick());
        get(s.k.query("listen ev").execute());
        return () -> s.k.close();
    }

    @Override
    public long readAll(long expect) throws Exception {
        PgConnection k = get(PgConnection.connect(vx, co()));
        long n = 0, cur = 0;
        while (n < expect) {
            int g = 0;
            for (Row r : get(k.preparedQuery("select id,tag,payload,at from events where id>$1 order by id limit 5000")
                    .execute(Tuple.of(cur)))) {
                cur = r.getLong(0);
                r.getBuffer(2);
                g++;
            }
            if (g == 0) break;
            n += g;
        }
        k.close();
        return n;
    }

    @Override
    public void close() throws Exception {
        get(pool.close());
        get(vx.close());
    }
}
