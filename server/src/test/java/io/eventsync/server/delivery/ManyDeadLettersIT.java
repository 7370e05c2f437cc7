package io.eventsync.server.delivery;

import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many dead letters are moved, freed and deleted some at a time. */
@Timeout(120)
class ManyDeadLettersIT {
    private static final int ENDPOINTS = 3;
    private static final int LETTERS_EACH = 1_000;
    private static final int WAITING_EACH = 200;
    private static final DeadLetterQuery ALL =
            new DeadLetterQuery("", List.of(), List.of(), List.of(), List.of(), null, null, List.of());

    private final TestSql sql = new TestSql();
    private final PgConnectOptions database = TestPostgres.freshDatabase();
    private final Vertx vertx = Vertx.vertx();
    private final Pool pool =
            PgBuilder.pool().connectingTo(database).using(vertx).build();

    @BeforeEach
    void fill() {
        sql.execute(database, """
                insert into eventsync.endpoint (name, settings) select 'e' || i, '{}' from generate_series(1, %1$d) i;
                insert into eventsync.endpoint_name (endpoint_id, name) select endpoint_id, name from eventsync.endpoint;
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
        done(pool.close());
        done(vertx.close());
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

    /** Who records deliveries holds a letter now and then, and must not find the leases of its endpoints taken meanwhile. */
    @Test
    void cancel_waitsForNoLetterThatIsHeld_andGoesOnPieceByPiece() {
        more(5_000);
        PgConnection recording = hold("select from eventsync.dead_letter where endpoint_id = 2 and pos = 7 for update");

        done(replays().cancel("r"));

        assertThat(marked()).containsExactly("2/7");
        assertThat(query("select state || ' ' || freed from eventsync.replay")).containsExactly("CANCELED 17999");
        done(recording.close());
        done(replays().tidy());
        assertThat(marked()).isEmpty();
        assertThat(dropped("r")).isZero();
    }

    @Test
    void deletion_waitsForNoLetter_andTheLettersGoLater() {
        more(10_000);
        PgConnection recording = hold("select from eventsync.dead_letter where endpoint_id = 2 and pos = 7 for update");

        sql.execute(database, "set lock_timeout = '2s'; delete from eventsync.endpoint where endpoint_id = 2");

        assertThat(matching()).isEqualTo(0);
        done(replays().cancel("r"));
        assertThat(matching()).isEqualTo(2L * (LETTERS_EACH + 10_000));
        done(recording.close());
        done(new DeadLetterStore(pool).drop(Duration.ofDays(90).toMillis()));
        assertThat(query("select distinct endpoint_id from eventsync.dead_letter order by 1"))
                .containsExactly("1", "3");
    }

    @Test
    void summary_isOfEndpointsThatAreThere_howManyLettersADeletedOneHasLeft() {
        done(replays().cancel("r"));
        sql.execute(database, """
                update eventsync.dead_letter set at = at + interval '1 second' where endpoint_id = 2;
                delete from eventsync.endpoint where endpoint_id = 2
                """);

        assertThat(TestSql.await(new DeadLetterStore(pool).groups(ALL, LETTERS_EACH, 10)))
                .extracting(DeadLetterGroup::endpoint)
                .isNotEmpty()
                .doesNotContain("e2");
    }

    @Test
    void deliveryThatIsAskedForAgain_isOfNoReplayThatHasEnded() {
        sql.execute(database, "update eventsync.delivery set replay_id = 'r' where endpoint_id = 1 and pos <= 1000002");
        String again = DeadLetterStore.DUE_NOW.replace("$1", "1");

        sql.execute(database, again.replace("$2", "1000001"));
        sql.execute(database, "update eventsync.replay set state = 'CANCELED', ended_at = now()");
        sql.execute(database, again.replace("$2", "1000002"));
        assertThat(query("select pos from eventsync.delivery where replay_id = 'r'"))
                .containsExactly("1000001");

        done(replays().tidy());
        assertThat(query("select pos from eventsync.delivery where endpoint_id = 1 and pos <= 1000002"))
                .containsExactly("1000002");
    }

    private long matching() {
        return TestSql.await(new DeadLetterStore(pool).count(ALL));
    }

    @Test
    void replay_isGivenAllThatThereWas_pieceByPiece_beforeItBegins() {
        more(10_000);
        done(replays().cancel("r"));
        done(replays().create("all", new byte[0], 0));
        sql.execute(
                database,
                "update eventsync.dead_letter set at = clock_timestamp() + interval '1 second' where endpoint_id = 3 and pos = 9");
        assertThat(query("select eventsync.advance_replay('all', 90, 10000)")).containsExactly("null");

        done(replays().mark("all", ALL));

        assertThat(query("select total from eventsync.replay where replay_id = 'all'"))
                .containsExactly("" + (ENDPOINTS * (LETTERS_EACH + 10_000) - 1));
        assertThat(query("select endpoint_id || '/' || pos from eventsync.dead_letter where replay_id is null"))
                .containsExactly("3/9");
        assertThat(query("select eventsync.advance_replay('all', 90, 10000)")).containsExactly("90");
        done(replays().cancel("all"));
        assertThat(dropped("all")).isZero();
    }

    @Test
    void replayThatNobodyBegan_isGone_andItsLettersAreFree() {
        done(replays().cancel("r"));
        sql.execute(database, """
                insert into eventsync.replay (replay_id, filter, per_second, marked_endpoint, marked_pos, updated_at)
                  values ('left', '', 0, 1, 500, now() - interval '10 minutes'), ('new', '', 0, 1, 500, now());
                update eventsync.dead_letter set replay_id = 'left' where endpoint_id = 1 and pos <= 500
                """);

        done(replays().tidy());

        assertThat(marked()).isEmpty();
        assertThat(query("select replay_id || ' ' || state from eventsync.replay order by 1"))
                .containsExactly("new RUNNING", "r CANCELED");
    }

    private void more(int letters) {
        sql.execute(database, """
                insert into eventsync.dead_letter (endpoint_id, pos, reason, event_id, tag, key, event, attempts, number, replay_id)
                  select e.endpoint_id, %d + p, 'EXHAUSTED', 'x', 'x', '', '', 1, 1, 'r' from eventsync.endpoint e, generate_series(1, %d) p;
                update eventsync.replay set total = (select count(*) from eventsync.dead_letter)
                """.formatted(LETTERS_EACH, letters));
    }

    private PgConnection hold(String statement) {
        PgConnection connection = sql.connect(database);
        done(connection.begin().compose(begun -> connection.query(statement).execute()));
        return connection;
    }

    private ReplayStore replays() {
        return new ReplayStore(pool);
    }

    private long dropped(String replay) {
        return TestSql.await(replays().get(replay)).orElseThrow().dropped();
    }

    private List<String> marked() {
        return query(
                "select endpoint_id || '/' || pos from eventsync.dead_letter where replay_id is not null order by 1");
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
