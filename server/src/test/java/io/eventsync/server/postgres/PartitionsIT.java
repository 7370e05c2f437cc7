package io.eventsync.server.postgres;

import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Partitions go away beside those who read and write their table. */
@Timeout(60)
class PartitionsIT {
    private static final List<Partitions.Partition> FIRST = List.of(new Partitions.Partition("t", "t_1"));

    private final PgConnectOptions database = TestPostgres.freshDatabase();
    private final Vertx vertx = Vertx.vertx();
    private final TestSql sql = new TestSql();
    private final Pool pool = PgBuilder.pool()
            .with(new PoolOptions().setMaxSize(4))
            .connectingTo(database)
            .using(vertx)
            .build();
    private final Partitions store = new Partitions(pool);

    @BeforeEach
    void create() {
        sql.execute(database, """
                create table t (i int) partition by range (i);
                create table t_1 partition of t for values from (1) to (10);
                create table t_2 partition of t for values from (10) to (20);
                insert into t values (1), (10)
                """);
    }

    @AfterEach
    void close() {
        done(vertx.close());
        sql.close();
    }

    @Test
    void drop_besideATransactionThatReads_givesUpSoon_andMakesNobodyWait() {
        PgConnection dump = sql.connect(database);
        done(dump.query("begin; select count(*) from t").execute());

        Future<Boolean> dropped = store.drop(FIRST);
        insertWhileItWaits(11);
        assertThatThrownBy(() -> await(dropped)).hasMessageContaining("lock timeout");
        assertThat(sql.query(database, "select inhdetachpending from pg_inherits where inhrelid = 't_1'::regclass"))
                .as("left half detached")
                .containsExactly("true");
        Future<Boolean> again = store.drop(FIRST);
        insertWhileItWaits(12);
        assertThatThrownBy(() -> await(again)).hasMessageContaining("lock timeout");

        done(dump.query("commit").execute());
        assertThat(await(store.drop(FIRST))).isTrue();
        assertThat(sql.query(database, "select count(*) from pg_class where relname = 't_1'"))
                .containsExactly("0");
        assertThat(sql.query(database, "select count(*) from t")).containsExactly("3");
        assertThat(await(store.drop(FIRST))).as("once more").isTrue();
        assertThat(await(pool.query("show lock_timeout").execute())
                        .iterator()
                        .next()
                        .getString(0))
                .isEqualTo("0");
        done(dump.close());
    }

    /** Not behind it: that would be three seconds. */
    private void insertWhileItWaits(int value) {
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> sql.query(database, """
                        select count(*) from pg_stat_activity
                        where datname = current_database() and wait_event_type = 'Lock' and query like 'alter table%'
                        """).equals(List.of("1")));
        sql.execute(database, "set statement_timeout = '1s'; insert into t values (" + value + ")");
    }

    @Test
    void drop_leavesItToAnotherNode_thatIsAtIt() {
        PgConnection other = sql.connect(database);
        done(other.query(Partitions.TRY_LOCK).execute());

        assertThat(await(store.drop(FIRST))).isFalse();
        assertThat(sql.query(database, "select count(*) from t")).containsExactly("2");

        done(other.query(Partitions.UNLOCK).execute());
        assertThat(await(store.drop(FIRST))).isTrue();
        done(other.close());
    }
}
