package io.eventsync.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.postgres.MigrationException.Reason;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MigrationsIT {
    private static final Migration FIRST = Migration.fromFile("V0001__first.sql", """
            create table eventsync.item (id int primary key, label text);
            -- a ; in a comment, and one in a body
            create function eventsync.twice(n int) returns int language plpgsql as $$
            begin
                perform pg_sleep(0.2);
                return n * 2;
            end;
            $$;
            insert into eventsync.item values (eventsync.twice(1), 'a;b');
            """);

    private static final Migration SECOND = Migration.fromFile(
            "V0002__second.sql", "insert into eventsync.item values (eventsync.twice(2), 'second');\n");

    private static final Migration ALTERING = Migration.fromFile(
            "V0002__altering.sql", "alter table eventsync.item add column size int not null default 0;\n");

    private static final Migration BROKEN = Migration.fromFile(
            "V0002__broken.sql", "insert into eventsync.item values (7, 'gone');\n\nselect nothing_such();\n");

    private final TestSql sql = new TestSql();
    private PgConnectOptions database = new PgConnectOptions();

    @BeforeEach
    void emptyDatabase() {
        database = TestPostgres.emptyDatabase();
    }

    @AfterAll
    void closeSql() {
        sql.close();
    }

    @Test
    void up_appliesOnlyWhatIsMissing_whenRunAgain() {
        assertThat(up(FIRST)).containsExactly(FIRST);
        assertThat(up(FIRST, SECOND)).containsExactly(SECOND);
        assertThat(up(FIRST, SECOND)).isEmpty();

        verify(FIRST, SECOND);
        assertThat(items()).containsExactly("2", "4");
        assertThat(sql.query(database, "select checksum from eventsync.migration order by version"))
                .containsExactly(FIRST.checksum(), SECOND.checksum());
    }

    @Test
    void up_appliesEachFileOnce_whenManyServersStartAtOnce() {
        Migrations migrations = Migrations.of(List.of(FIRST, SECOND));

        List<List<Migration>> applied = TestSql.await(Future.join(List.of(
                        sql.begin(database, migrations::up),
                        sql.begin(database, migrations::up),
                        sql.begin(database, migrations::up)))
                .map(all -> all.<List<Migration>>list()));

        assertThat(applied.stream().flatMap(List::stream)).containsExactlyInAnyOrder(FIRST, SECOND);
        assertThat(items()).containsExactly("2", "4");
    }

    @Test
    void up_keepsWhatCameBefore_whenAFileFails() {
        assertThatThrownBy(() -> up(FIRST, BROKEN))
                .isInstanceOfSatisfying(
                        MigrationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FAILED))
                .hasMessageContaining("V0002__broken.sql failed at line 3")
                .hasMessageContaining("nothing_such");

        assertThat(items()).containsExactly("2");
        assertThat(status(FIRST, SECOND)).extracting(MigrationStatus::isApplied).containsExactly(true, false);
        assertThat(up(FIRST, SECOND)).containsExactly(SECOND);
    }

    /** As long as the transaction is open; behind who waits for the table's lock everybody would queue. */
    @Test
    void up_besideATransactionThatReads_makesNobodyWaitLong_andGoesOnOnceItIsOver() {
        migrate(FIRST);
        PgConnection dump = sql.connect(database);
        TestSql.done(dump.query("begin; select count(*) from eventsync.item").execute());
        Migrations migrations = Migrations.of(List.of(FIRST, ALTERING));

        List<Future<List<Migration>>> servers = List.of(
                sql.begin(database, migrations::up),
                sql.begin(database, migrations::up),
                sql.begin(database, migrations::up));
        await().pollInterval(Duration.ofMillis(5)).until(() -> sql.query(database, """
                        select 1 from pg_locks where relation = 'eventsync.item'::regclass and not granted
                        """), waiting -> !waiting.isEmpty());
        sql.execute(database, "set statement_timeout = '10s'; insert into eventsync.item values (8, 'meanwhile')");
        assertThat(servers).noneMatch(Future::isComplete);
        TestSql.done(dump.query("commit").execute());

        List<List<Migration>> applied = TestSql.await(Future.join(servers).map(all -> all.<List<Migration>>list()));
        assertThat(applied.stream().flatMap(List::stream)).containsExactly(ALTERING);
        verify(FIRST, ALTERING);
        TestSql.done(dump.close());
    }

    @Test
    void up_saysWhoIsInTheWay_whenThatGoesOnForTooLong() {
        migrate(FIRST);
        PgConnection dump = sql.connect(database);
        TestSql.done(dump.query("set application_name = 'dump'; begin; select count(*) from eventsync.item")
                .execute());
        Migrations hasty = Migrations.of(List.of(FIRST, ALTERING), new LockWaits.Limits(20, 10, 100));

        assertThatThrownBy(() -> sql.on(database, hasty::up))
                .isInstanceOfSatisfying(
                        MigrationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LOCKED))
                .hasMessageContaining("V0002__altering.sql did not get a lock")
                .hasMessageMatching(".*in the way: pid \\d+ \\(dump\\), open since \\d{4}-\\d\\d-\\d\\dT.*")
                .hasMessageContaining("pg_stat_activity");

        TestSql.done(dump.close());
        assertThat(sql.on(database, hasty::up)).containsExactly(ALTERING);
    }

    /** Who reads two tables in the other order is as much in the way as who has one. */
    @Test
    void up_triesAgain_whereItWasTheVictimOfADeadlock() {
        migrate(FIRST);
        sql.execute(database, "create sequence eventsync.tries");
        Migration unlucky = new Migration(2, "V0002__unlucky.sql", """
                do $$ begin
                  if nextval('eventsync.tries') < 3 then
                    raise exception 'deadlock detected' using errcode = '40P01';
                  end if;
                end $$
                """);
        Migrations patient = Migrations.of(List.of(FIRST, unlucky), new LockWaits.Limits(20, 10, 60_000));

        assertThat(sql.on(database, patient::up)).containsExactly(unlucky);
        assertThat(sql.query(database, "select last_value from eventsync.tries"))
                .containsExactly("3");
    }

    @Test
    void status_leavesTheDatabaseAlone_whenNothingWasApplied() {
        assertThat(status(FIRST, SECOND)).extracting(MigrationStatus::isApplied).containsExactly(false, false);

        assertThat(sql.query(database, "select 1 from pg_namespace where nspname = 'eventsync'"))
                .isEmpty();
    }

    @Test
    void verify_fails_whenMigrationsArePending() {
        migrate(FIRST);

        assertThatThrownBy(() -> verify(FIRST, SECOND))
                .isInstanceOfSatisfying(
                        MigrationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.PENDING))
                .hasMessageContaining("V0002__second.sql");
    }

    @Test
    void verifyAndUp_fail_whenAnAppliedFileChanged() {
        migrate(FIRST);
        Migration edited = Migration.fromFile("V0001__first.sql", FIRST.sql() + "-- edited\n");

        assertThatThrownBy(() -> verify(edited))
                .isInstanceOfSatisfying(
                        MigrationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CHANGED))
                .hasMessageContaining("V0001__first.sql")
                .hasMessageContaining("new migration");
        assertThatThrownBy(() -> up(edited, SECOND)).isInstanceOf(MigrationException.class);
        assertThat(items()).containsExactly("2");
    }

    @Test
    void verifyAndUp_fail_whenTheSchemaIsNewer() {
        migrate(FIRST, SECOND);

        assertThatThrownBy(() -> verify(FIRST))
                .isInstanceOfSatisfying(
                        MigrationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NEWER_SCHEMA))
                .hasMessageContaining("migration 2 (second)")
                .hasMessageContaining("knows up to 1");
        assertThatThrownBy(() -> up(FIRST)).isInstanceOf(MigrationException.class);
    }

    @Test
    void up_appliesTheFilesOfThisServer_onAnEmptyDatabase() {
        assertThat(sql.on(database, Migrations.load()::up)).hasSameSizeAs(MigrationFiles.names("/db/migration"));

        sql.on(database, Migrations.load()::verify);
        assertThat(sql.query(database, "select count(*) from eventsync.migration"))
                .containsExactly(
                        Integer.toString(MigrationFiles.names("/db/migration").size()));
    }

    private List<Migration> up(Migration... known) {
        return sql.on(database, Migrations.of(List.of(known))::up);
    }

    private void migrate(Migration... known) {
        assertThat(up(known)).containsExactly(known);
    }

    private List<MigrationStatus> status(Migration... known) {
        return sql.on(database, Migrations.of(List.of(known))::status);
    }

    private void verify(Migration... known) {
        sql.on(database, Migrations.of(List.of(known))::verify);
    }

    private List<String> items() {
        return sql.query(database, "select id from eventsync.item order by id");
    }
}
