package io.eventsync.server.postgres;

import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;

/** SQL for how a database is set up. */
final class ConditionStore {
    static final String CONDITION = """
            select split_part(current_setting('server_version'), ' ', 1), pg_is_in_recovery(), current_setting('fsync') = 'on',
              current_setting('full_page_writes') = 'on', current_setting('server_encoding'),
              current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
              (select count(*)::int from pg_stat_activity where backend_type = 'client backend'),
              (extract(epoch from clock_timestamp()) * 1000000)::bigint,
              has_database_privilege(current_database(), 'CREATE'),
              current_setting('max_locks_per_transaction')::int
                * (current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int),
              (select count(*)::int from pg_class where relispartition and relkind = 'r' and relnamespace = to_regnamespace('eventsync'))
            """;

    private ConditionStore() {}

    static Future<DatabaseCondition> read(PgConnection connection) {
        return connection
                .query(CONDITION)
                .execute()
                .map(rows -> condition(rows.iterator().next()));
    }

    private static DatabaseCondition condition(Row row) {
        return new DatabaseCondition(
                row.getString(0),
                row.getBoolean(1),
                row.getBoolean(2) && row.getBoolean(3),
                row.getString(4),
                row.getInteger(5),
                row.getInteger(6),
                row.getLong(7),
                row.getBoolean(8),
                row.getInteger(9),
                row.getInteger(10));
    }
}
