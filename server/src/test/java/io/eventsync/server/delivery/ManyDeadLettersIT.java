package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.postgres.Migrations;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.vertx.pgclient.PgConnectOptions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A replay of many dead letters, a step at a time. */
@Timeout(120)
class ManyDeadLettersIT {
    private static final int ENDPOINTS = 3;
    private static final int LETTERS_EACH = 1_000;
    private static final int WAITING_EACH = 200;

    private final TestSql sql = new TestSql();
    private final PgConnectOptions database = TestPostgres.freshDatabase();

    @BeforeEach
    void fill() {
        TestSql.done(sql.begin(database, connected -> Migrations.load().up(connected)));
        sql.execute(database, """
                insert into eventsync.endpoint (name, settings) select 'e' || i, '{}' from generate_series(1, %1$d) i;
                insert into eventsync.lease (endpoint_id) select endpoint_id from eventsync.endpoint;
                insert into eventsync.endpoint_run (endpoint_id, state, begin_pos, pos, fingerprint)
                  select endpoint_id, 'ACTIVE', 0, 1000000, 0 from eventsync.endpoint;
                insert into eventsync.replay (replay_id, filter, per_second) values ('r', '', 0);
                insert into eventsync.dead_letter (endpoint_id, pos, reason, event_id, tag, key, event, attempts, number, replay_id)
                  select e.endpoint_id, p, 'EXHAUSTED', 'x', 'x', '', '', 1, 1, 'r' from eventsync.endpoint e, generate_series(1, %2$d) p;
                insert into eventsync.delivery (endpoint_id, pos, state, event_id, tag, key, event, number, attempts, due_at)
                  select e.endpoint_id, 1000000 + p, 'RETRYING', 'x', 'x', '', '', 1, 1, now()
                  from eventsync.endpoint e, generate_series(1, %3$d) p
                """.formatted(ENDPOINTS, LETTERS_EACH, WAITING_EACH));
    }

    @AfterEach
    void close() {
        sql.close();
    }

    @Test
    void step_looksAtWhatWaitsOnce_notForEachLetterThatIsLeft() {
        List<String> looked = query("""
                with moved as materialized (select eventsync.advance_replay('r', 90, 10000) as n)
                select moved.n || ' moved, looked at ' || (select idx_tup_fetch + seq_tup_read from pg_stat_xact_user_tables where relname = 'delivery')
                from moved
                """);

        String[] words = looked.get(0).split(" ", -1);
        assertThat(words[0]).isEqualTo("90");
        assertThat(Long.parseLong(words[4])).as("deliveries looked at").isBetween(1L, 10L * ENDPOINTS * WAITING_EACH);
    }

    @Test
    void step_takesTheOldest_ofAllThatHaveRoom() {
        sql.execute(database, "update eventsync.endpoint_run set state = 'PAUSED' where endpoint_id = 2");

        assertThat(query("select eventsync.advance_replay('r', 90, 10000)")).containsExactly("90");
        assertThat(moved()).containsExactly("1: 45, last 45", "3: 45, last 45");

        assertThat(query("select eventsync.advance_replay('r', 90, " + (WAITING_EACH + 50) + ")"))
                .containsExactly("10");
        assertThat(moved()).containsExactly("1: 50, last 50", "3: 50, last 50");

        assertThat(query("select eventsync.advance_replay('r', 90, " + WAITING_EACH + ")"))
                .containsExactly("0");
    }

    private List<String> moved() {
        return query(
                "select endpoint_id || ': ' || count(*) || ', last ' || max(pos) from eventsync.delivery where replay_id = 'r'"
                        + " group by endpoint_id order by endpoint_id");
    }

    private List<String> query(String statement) {
        return sql.query(database, statement);
    }
}
