package io.eventsync.server.postgres;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;

/** The SQL of the migration history. */
final class MigrationStore {
    /** Any number will do, as long as every version of the server uses this one. */
    static final long LOCK_KEY = 0x6576_656e_7473_796eL;

    private static final String LOCK = "select pg_advisory_xact_lock($1)";

    /** Until the end of the transaction, in milliseconds. */
    static final String LIMIT_LOCKS = "select set_config('lock_timeout', $1, true)";

    static final String PAUSE = "select pg_sleep($1)";

    /** Of those that have a lock on one of our tables, the one whose transaction began first. */
    static final String IN_THE_WAY = """
            select coalesce('pid ' || l.pid || coalesce(' (' || nullif(a.application_name, '') || ')', ''), 'a prepared transaction')
                || coalesce(', open since ' || to_char(a.xact_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')
              from pg_locks l
              join pg_class c on c.oid = l.relation and c.relnamespace = to_regnamespace('eventsync')
              left join pg_stat_activity a on a.pid = l.pid
             where l.granted and l.database = (select d.oid from pg_database d where d.datname = current_database())
               and l.pid is distinct from pg_backend_pid()
             order by a.xact_start
             limit 1
            """;

    private static final String CREATE_HISTORY = """
            create schema if not exists eventsync;
            create table if not exists eventsync.migration (
                version    integer     primary key check (version > 0),
                name       text        not null,
                checksum   text        not null,
                applied_at timestamptz not null default now()
            );
            """;

    private static final String HAS_HISTORY = "select to_regclass('eventsync.migration') is not null";

    private static final String SELECT_APPLIED = """
            select version, name, checksum, applied_at
              from eventsync.migration
             order by version
            """;

    private static final String INSERT_APPLIED = """
            insert into eventsync.migration (version, name, checksum)
            values ($1, $2, $3)
            """;

    private MigrationStore() {}

    /** Until the end of the transaction, and so also right behind a pooler that hands out a session per transaction. */
    static Future<Void> lock(SqlClient client) {
        return client.preparedQuery(LOCK).execute(Tuple.of(LOCK_KEY)).mapEmpty();
    }

    /** In this transaction a lock that is not there within this time fails its statement. Not the one of {@link #lock}, if that came before. */
    static Future<Void> limitLocks(SqlClient client, long millis) {
        return client.preparedQuery(LIMIT_LOCKS)
                .execute(Tuple.of(Long.toString(millis)))
                .mapEmpty();
    }

    static Future<Void> pause(SqlClient client, long millis) {
        return client.preparedQuery(PAUSE).execute(Tuple.of(millis / 1_000.0)).mapEmpty();
    }

    /** Who it may be that a lock was waited for, in words. */
    static Future<Optional<String>> inTheWay(SqlClient client) {
        return client.query(IN_THE_WAY)
                .execute()
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(rows.iterator().next().getString(0)));
    }

    /** Looks first: later starts need no right to create, and the server's log no notices. */
    static Future<Void> createHistory(SqlClient client) {
        return hasHistory(client)
                .compose(has -> has
                        ? Future.succeededFuture()
                        : client.query(CREATE_HISTORY).execute().mapEmpty());
    }

    /** Empty on a database that was never migrated; only reads. */
    static Future<List<AppliedMigration>> applied(SqlClient client) {
        return hasHistory(client)
                .compose(has -> has
                        ? client.query(SELECT_APPLIED).execute().map(MigrationStore::toList)
                        : Future.succeededFuture(List.of()));
    }

    private static Future<Boolean> hasHistory(SqlClient client) {
        return client.query(HAS_HISTORY)
                .execute()
                .map(rows -> rows.iterator().next().getBoolean(0));
    }

    /** The simple protocol takes a whole file of statements at once. */
    static Future<Void> run(SqlClient client, Migration migration) {
        return client.query(migration.sql()).execute().mapEmpty();
    }

    static Future<Void> insert(SqlClient client, Migration migration) {
        Tuple row = Tuple.of(migration.version(), migration.name(), migration.checksum());
        return client.preparedQuery(INSERT_APPLIED).execute(row).mapEmpty();
    }

    private static List<AppliedMigration> toList(RowSet<Row> rows) {
        return rows.stream()
                .map(row -> new AppliedMigration(
                        row.getInteger("version"),
                        row.getString("name"),
                        row.getString("checksum"),
                        row.getOffsetDateTime("applied_at")))
                .toList();
    }
}
