package io.eventsync.server.event;

import static io.eventsync.server.postgres.TestSql.done;

import com.github.f4b6a3.uuid.UuidCreator;
import io.eventsync.server.config.TestSettings;
import io.eventsync.server.postgres.Database;
import io.eventsync.server.postgres.PostgresConfig;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.v1.Event;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** A log with a Vert.x of its own, as a node has it; several on one database are as separate as processes. */
final class TestNode implements AutoCloseable {
    /** Settings of a node that learns what others, or the database, did only when it has to. */
    static final Map<String, String> DEAF = Map.of("log-poll-interval", "1m", "log-notify-interval", "10s");

    private final Vertx vertx = Vertx.vertx();
    private final Pool pool;
    private final EventLog log;
    private final MeterRegistry meters = new SimpleMeterRegistry();

    private TestNode(PgConnectOptions options, Map<String, String> flags, UnaryOperator<Pool> wrap) {
        Database database =
                Database.at(options, PostgresConfig.from(TestSettings.load(PostgresConfig.SETTINGS, Map.of())));
        done(database.migrate(vertx));
        pool = wrap.apply(database.pool(vertx));
        LogVerticle verticle = new LogVerticle(
                pool, pool, database.options(), LogConfig.from(TestSettings.load(LogConfig.SETTINGS, flags)), meters);
        done(vertx.deployVerticle(verticle));
        log = verticle.log();
    }

    /** With settings by the name of their flag. */
    static TestNode open(PgConnectOptions options, Map<String, String> flags) {
        return open(options, flags, UnaryOperator.identity());
    }

    /** With another pool in place of its own. */
    static TestNode open(PgConnectOptions options, Map<String, String> flags, UnaryOperator<Pool> wrap) {
        return new TestNode(options, flags, wrap);
    }

    EventLog log() {
        return log;
    }

    MeterRegistry meters() {
        return meters;
    }

    Pool pool() {
        return pool;
    }

    Vertx vertx() {
        return vertx;
    }

    Appended append(NewEvent event) {
        return append(List.of(event)).get(0);
    }

    List<Appended> append(List<NewEvent> events) {
        return TestSql.await(log.append(events));
    }

    /** Appends, where the answer does not matter. */
    void put(NewEvent... events) {
        TestSql.done(log.append(List.of(events)));
    }

    /** Fills the log with events of server-made ids. */
    void fill(int events, String... tags) {
        List<io.vertx.core.Future<List<Appended>>> underWay = new ArrayList<>();
        for (int from = 0; from < events; from += 1_000) {
            List<NewEvent> batch = IntStream.range(from, Math.min(events, from + 1_000))
                    .mapToObj(i -> new NewEvent(
                            UuidCreator.getTimeOrderedEpoch().toString(), false, tags[i % tags.length], body("{}")))
                    .toList();
            underWay.add(log.append(batch));
            if (underWay.size() == 8) {
                underWay.forEach(TestSql::done);
                underWay.clear();
            }
        }
        underWay.forEach(TestSql::done);
    }

    static NewEvent event(String id, String tag, String json) {
        return new NewEvent(id, true, tag, body(json));
    }

    static byte[] body(String json) {
        return Event.newBuilder().setJson(json).build().toByteArray();
    }

    @Override
    public void close() {
        done(vertx.close());
    }
}
