package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the database does for a turn of many endpoints, by the plans that it reports itself (auto_explain). */
@Timeout(120)
class ManyEndpointsIT {
    private static final int ENDPOINTS = 300;
    private static final int WAITING_EACH = 20;
    private static final Pattern LOOKED_AT_IN_VAIN = Pattern.compile("Rows Removed by (?:Join )?Filter: (\\d+)");

    private static final int RECORDED = 20_000;
    private static final String EXPLAINED = "load 'auto_explain'; set auto_explain.log_level = notice;"
            + " set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;"
            + " set auto_explain.log_analyze = on";

    private static final String NODE = "00000000-0000-0000-0000-000000000001";

    /** What a turn says of an endpoint: its number, and where it stands. */
    private static final String RUN = """
            jsonb_build_object('endpoint_id', %s, 'epoch', 1, 'generation', 1, 'revision', 1, 'state', 'ACTIVE', 'pos', %d, 'fingerprint', 1,
              'ahead', '[]'::jsonb, 'open', '[]'::jsonb, 'breaker', 'CLOSED', 'failures_in_row', 0, 'probe_wait_millis', 0,
              'in_flight_limit', 8, 'failed_attempts', 0, 'failed_events', 0, 'failing_warned', 0)
            """;

    /** Of so many endpoints: each settles position 1 and starts an attempt of position 2. */
    private static final String TURN = """
            select eventsync.record_turn('%3$s', t.runs,
              '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', t.endpoints, t.ones, '[]', '[]', '[]',
              t.ids, t.endpoints, t.twos, t.texts, t.texts, t.nulls, t.numbers, t.texts, t.nulls,
              (extract(epoch from now()) * 1000000)::bigint)::text
            from (select jsonb_agg(%2$s) as runs,
              array_agg(i::bigint) as endpoints, array_agg(1::bigint) as ones, array_agg(2::bigint) as twos, array_agg(gen_random_uuid()) as ids,
              array_agg('x'::text) as texts, array_agg(null::text) as nulls, array_agg(1) as numbers
              from generate_series(1, %1$d) i) t
            """;

    /** Each attempt that was started has succeeded. */
    private static final String CLOSE = """
            select eventsync.record_turn('%s', t.runs,
              t.ids, t.ats, t.endpoints, t.outcomes, t.nulls, t.nulls, t.numbers, t.ones, t.nulls, t.headers, t.excerpts, t.nulls,
              '{}', '{}', '[]', '[]', '[]', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', 0)::text
            from (select jsonb_agg(%s) as runs,
              array_agg(a.attempt_id) as ids, array_agg((extract(epoch from a.at) * 1000000)::bigint) as ats, array_agg(a.endpoint_id) as endpoints,
              array_agg('SUCCEEDED'::text) as outcomes, array_agg(null::text) as nulls, array_agg(200) as numbers, array_agg(5::bigint) as ones,
              array_agg('{}'::text) as headers, array_agg(''::bytea) as excerpts
              from eventsync.attempt a where a.outcome = 'STARTED') t
            """.formatted(NODE, RUN.formatted("a.endpoint_id", 2));

    private final TestSql sql = new TestSql();
    private final Queue<String> plans = new ConcurrentLinkedQueue<>();
    private final PgConnection connection;

    ManyEndpointsIT() {
        PgConnectOptions database = TestPostgres.freshDatabase();
        connection = sql.connect(database);
        connection.noticeHandler(notice -> plans.add(notice.getMessage()));
        run("insert into eventsync.node (node_id, alive_until) values ('" + NODE + "', 'infinity')");
    }

    @AfterEach
    void close() {
        TestSql.done(connection.close());
        sql.close();
    }

    @Test
    void turn_looksAtNoMoreThanItBrings_thoughItsPlansWereMadeForOneEndpoint() {
        addEndpoints(1);
        run("vacuum analyze eventsync.delivery");
        run("analyze eventsync.endpoint_run");
        run("analyze eventsync.lease");
        run(turn(1)); // the plans of this session, from now on
        run("delete from eventsync.attempt");
        addEndpoints(ENDPOINTS - 1);
        addWaiting(WAITING_EACH);
        run(EXPLAINED);

        run(turn(ENDPOINTS));
        run(CLOSE);

        assertThat(query("select count(*) from eventsync.attempt where outcome = 'SUCCEEDED'"))
                .containsExactly(String.valueOf(ENDPOINTS));
        assertThat(query("select count(*) from eventsync.delivery"))
                .containsExactly(String.valueOf(ENDPOINTS * (WAITING_EACH - 1)));
        assertThat(plans).as("plans reported").hasSizeGreaterThan(10);
        assertThat(plans).allSatisfy(plan -> assertThat(lookedAtInVain(plan)).isLessThan(2 * ENDPOINTS));
    }

    @Test
    void takeover_findsOpenAttemptsByTheirKey_whateverElseIsOnRecord() {
        addEndpoints(ENDPOINTS);
        run(turn(ENDPOINTS));
        run(
                "update eventsync.endpoint_run r set open = jsonb_build_array(jsonb_build_object('id', a.attempt_id, 'number', 1,"
                        + " 'pos', jsonb_build_array(2), 'at', (extract(epoch from a.at) * 1000000)::bigint))"
                        + " from eventsync.attempt a where a.endpoint_id = r.endpoint_id");
        run(
                "insert into eventsync.attempt (at, attempt_id, endpoint_id, pos, event_id, tag, number, outcome, target, node_id)"
                        + " select now(), gen_random_uuid(), 1, i, 'x', 'X', 1, 'SUCCEEDED', 'x', '" + NODE
                        + "' from generate_series(1, "
                        + RECORDED + ") i");
        run("analyze eventsync.attempt");
        run("update eventsync.node set alive_until = now()");
        run(EXPLAINED);

        run("select eventsync.take_leases('00000000-0000-0000-0000-000000000002', " + ENDPOINTS + ")::text");
        run("set auto_explain.log_min_duration = -1");

        assertThat(query("select count(*) from eventsync.attempt where outcome = 'UNKNOWN'"))
                .containsExactly(String.valueOf(ENDPOINTS));
        assertThat(plans).as("plans reported").anyMatch(plan -> plan.contains("eventsync.attempt"));
        assertThat(plans).noneMatch(plan -> plan.contains("Seq Scan on attempt_2"));
    }

    @Test
    void turn_leavesOutWhatIsAnothers_wasMovedOrChanged_andKeepsTheRest() {
        addEndpoints(4);
        addWaiting(1);
        run("update eventsync.lease set owner = '00000000-0000-0000-0000-000000000002' where endpoint_id = 2");
        run("update eventsync.endpoint_run set generation = 2 where endpoint_id = 3");
        run("update eventsync.lease set revision = 2 where endpoint_id = 4");

        assertThat(query(turn(4))).as("lost").containsExactly("{2}");

        assertThat(
                        query(
                                "select endpoint_id || ' at ' || pos || ' limit ' || in_flight_limit from eventsync.endpoint_run order by 1"))
                .containsExactly("1 at 1 limit 8", "2 at 0 limit 0", "3 at 0 limit 8", "4 at 1 limit 0");
        assertThat(query("select endpoint_id from eventsync.attempt order by 1"))
                .containsExactly("1", "3", "4");
        assertThat(query("select endpoint_id from eventsync.delivery order by 1"))
                .containsExactly("2", "3");
    }

    @Test
    void turn_putsBackNoDelivery_whoseRowWasTakenAwayMeanwhile() {
        addEndpoints(1);
        addWaiting(2);
        run("update eventsync.delivery set event = 'real'");
        run("delete from eventsync.delivery where pos = 2"); // as a canceled replay does

        run(aside(1) + "; " + aside(2) + "; " + dead(2));

        assertThat(query("select pos || ' ' || attempts || ' ' || convert_from(event, 'UTF8') from eventsync.delivery"))
                .containsExactly("1 3 real");
        assertThat(query("select count(*) from eventsync.dead_letter")).containsExactly("0");
        run(dead(1));
        assertThat(query("select pos || ' ' || convert_from(event, 'UTF8') from eventsync.dead_letter"))
                .containsExactly("1 real");
    }

    /** It failed once more. */
    private static String aside(int position) {
        return change(failed(position, "'state', 'RETRYING', 'due_in', 5, 'asked', false"), "'[]'");
    }

    private static String dead(int position) {
        return change("'[]'", failed(position, "'reason', 'EXHAUSTED'"));
    }

    private static String change(String aside, String dead) {
        return "select eventsync.record_turn('" + NODE + "', jsonb_build_array(" + RUN.formatted("1", 0) + "), "
                + "'{}', ".repeat(14) + aside + ", " + dead + ", '[]', " + "'{}', ".repeat(9) + "0)::text";
    }

    /** A delivery that has a row, and there the event. */
    private static String failed(int position, String more) {
        return "jsonb_build_array(jsonb_build_object('endpoint_id', 1, 'pos', " + position
                + ", 'event_id', 'x', 'tag', 'X', 'key', '', 'event', '', 'attempts', 3, 'number', 3, " + more + "))";
    }

    private static long lookedAtInVain(String plan) {
        return LOOKED_AT_IN_VAIN
                .matcher(plan)
                .results()
                .mapToLong(match -> Long.parseLong(match.group(1)))
                .sum();
    }

    private static String turn(int endpoints) {
        return TURN.formatted(endpoints, RUN.formatted("i", 1), NODE);
    }

    private void addEndpoints(int count) {
        run(
                "with e as (insert into eventsync.endpoint (name, settings) select gen_random_uuid()::text, '{}' from generate_series(1, "
                        + count
                        + ") returning endpoint_id),"
                        + " l as (insert into eventsync.lease (endpoint_id, owner, epoch) select endpoint_id, '" + NODE
                        + "', 1 from e)"
                        + " insert into eventsync.endpoint_run (endpoint_id, state, begin_pos, pos, fingerprint) select endpoint_id, 'ACTIVE', 0, 0, 0 from e");
    }

    private void addWaiting(int each) {
        run(
                "insert into eventsync.delivery (endpoint_id, pos, state, event_id, tag, key, event, number, attempts, due_at)"
                        + " select e.endpoint_id, p, 'RETRYING', 'x', 'x', '', '', 1, 1, now() from eventsync.endpoint e, generate_series(1, "
                        + each + ") p");
    }

    private void run(String statements) {
        TestSql.done(connection.query(statements).execute());
    }

    private List<String> query(String statement) {
        return TestSql.await(connection
                .query(statement)
                .execute()
                .map(rows -> rows.stream()
                        .map(row -> String.valueOf(row.getValue(0)))
                        .toList()));
    }
}
