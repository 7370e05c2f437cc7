package io.eventsync.server.event;

import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Appending to a log of many partitions costs as much as to one of few. */
@Timeout(60)
class ManyPartitionsIT {
    private static final int SIZE = 65_536;
    private static final int PARTITIONS = 20;
    /** The last two events of the partition that is third to last, and the first of the next. */
    private static final long END = (PARTITIONS - 2L) * SIZE;

    private final TestSql sql = new TestSql();
    private final PgConnectOptions database = TestPostgres.freshDatabase();

    @BeforeEach
    void fill() {
        sql.execute(database, """
                select eventsync.ensure_partitions(%2$d - 1, %1$d);
                insert into eventsync.tag (tag) values ('T');
                insert into eventsync.event (pos, at, tag_id, id, body)
                  select p, p, 1, 'e' || p, '' from unnest(array[1, %1$d * 7, %1$d * 7 + 1, %2$d - 1, %2$d]) p;
                insert into eventsync.mark (pos) values (1), (%2$d);
                select eventsync.ensure_partitions(%1$d * %3$d, %1$d);
                insert into eventsync.event (pos, at, tag_id, id, body) values (%2$d + 1, %2$d + 1, 1, 'e' || %2$d + 1, '');
                insert into eventsync.mark (pos) values (%2$d + 1)
                """.formatted(SIZE, END, PARTITIONS));
    }

    @AfterEach
    void close() {
        sql.close();
    }

    @Test
    void appendAndMark_lockTheLastPartitionsOnly() {
        String arguments = "array[1], array['%1$s'], array[''::bytea], '{}', array['%1$s'], " + END;
        String append = AppendLane.APPEND.replace("$1, $2, $3, $4, $5, $6", arguments.formatted("new"));
        String mark = AppendLane.MARK.replace("$1", "" + (END + 2));
        String both = AppendLane.APPEND_DURABLY.replace("$1, $2, $3, $4, $5, $6", arguments.formatted("newer"));

        for (String statement : List.of(append, mark, both)) {
            PgConnection lane = sql.connect(database);
            String locked = TestSql.await(lane.query("set plan_cache_mode = force_generic_plan")
                    .execute()
                    .compose(v -> lane.begin())
                    .compose(begun -> lane.query(statement)
                            .execute()
                            .compose(v -> lane.query(
                                            "select count(*)::text from pg_locks where pid = pg_backend_pid() and locktype = 'relation'")
                                    .execute())
                            .compose(rows -> begun.commit()
                                    .map(v -> rows.iterator().next().getString(0)))));
            Future<Void> closed = lane.close();
            done(closed);

            assertThat(Integer.parseInt(locked)).as(statement).isBetween(3, 20);
        }
        assertThat(sql.query(database, "select max(pos) from eventsync.mark")).containsExactly("" + (END + 3));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 7L * SIZE, END - 100, END - 1, END, END + 1, END + 2, END + SIZE, 10 * END})
    void newest_isThatOfTheWholeLog_andSoAreTheIdsBehind(long known) {
        String ids = "array['e1', 'e%d', 'e%d', 'e%d', 'none']".formatted(7 * SIZE + 1, END, END + 1);

        assertThat(newest(known, ids)).isEqualTo(inTheWholeLog(known, ids));
    }

    @Test
    void newest_isThere_afterItsOldestPartitionWasGivenUp() {
        sql.execute(database, "update eventsync.log set indexed = " + END);
        for (int i = 0; i < PARTITIONS - 2; i++) {
            long from = 1L + (long) i * SIZE;
            assertThat(sql.query(database, "select eventsync.expire_partition(" + from + ")"))
                    .containsExactly("" + (from + SIZE));
            sql.execute(
                    database,
                    "alter table eventsync.event detach partition eventsync.event_" + from
                            + "; drop table eventsync.event_" + from);
        }

        for (long known : new long[] {0, END - 1, END, END + 1}) {
            assertThat(newest(known, "array['e1']")).isEqualTo(inTheWholeLog(known, "array['e1']"));
        }
    }

    /** As a node of an older version makes them beside the migration. */
    @Test
    void newest_findsTheEnd_inPartitionsThatItDoesNotName() {
        long last = (long) PARTITIONS * SIZE;
        sql.execute(database, """
                create or replace function eventsync.follow_newest() returns void language sql as 'select';
                select eventsync.ensure_partitions(%2$d + 2 * %1$d, %1$d);
                insert into eventsync.event (pos, at, tag_id, id, body)
                  select p, p, 1, 'e' || p, '' from unnest(array[%2$d - 1, %2$d, %2$d + 1, %2$d + %1$d, %2$d + %1$d + 1]) p
                """.formatted(SIZE, last));
        String ids = "array['e%d', 'e%d', 'e%d']".formatted(last, last + 1, last + SIZE + 1);

        for (long known : new long[] {END, last - 1, last, last + 1, last + SIZE, last + SIZE + 1, last + SIZE + 2}) {
            assertThat(newest(known, ids)).as("%d", known).isEqualTo(inTheWholeLog(known, ids));
        }
        sql.execute(database, AppendLane.MARK.replace("$1", "" + (last + SIZE + 1)));
        assertThat(sql.query(database, "select max(pos) from eventsync.mark")).containsExactly("" + (last + SIZE + 1));
    }

    private List<String> newest(long known, String ids) {
        return sql.query(
                database,
                "select row(n.head, n.head_at, n.ids, n.positions)::text from eventsync.newest(%d, %s) n"
                        .formatted(known, ids));
    }

    private List<String> inTheWholeLog(long known, String ids) {
        return sql.query(database, """
                with h as (select max(pos) as head from eventsync.event where pos >= %1$d),
                behind as (select id, pos from eventsync.event, h where pos > %1$d and pos <= h.head and id = any (%2$s))
                select row(h.head, (select at from eventsync.event where pos = h.head),
                  (select array_agg(id order by pos) from behind), (select array_agg(pos order by pos) from behind))::text from h
                """.formatted(known, ids));
    }
}
