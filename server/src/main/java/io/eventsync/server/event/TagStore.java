package io.eventsync.server.event;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** SQL of the tag dictionary. */
final class TagStore {
    static final String ALL = "select tag_id, tag from eventsync.tag";
    static final String BY_IDS = "select tag_id, tag from eventsync.tag where tag_id = any($1)";
    /** Inserts only what is missing: a conflict would use up a number. Sorted, so that two nodes cannot deadlock. */
    static final String INSERT = """
            insert into eventsync.tag (tag)
            select w.tag from unnest($1::text[]) w(tag)
            where not exists (select 1 from eventsync.tag t where t.tag = w.tag)
            order by 1
            on conflict do nothing
            """;

    /** One of these tags that has another number now, or none. */
    static final String STRAY = """
            select w.tag from unnest($1::int[], $2::text[]) w(tag_id, tag)
            where not exists (select 1 from eventsync.tag t where t.tag_id = w.tag_id and t.tag = w.tag)
            limit 1
            """;

    static final String BY_TAGS = "select tag_id, tag from eventsync.tag where tag = any($1)";
    /** One statement, so that both halves see the same indexed position. */
    static final String COUNTS = """
            select tag, events, last_pos from eventsync.tag where events > 0
            union all
            select t.tag, count(*), max(e.pos)
            from eventsync.event e join eventsync.tag t using (tag_id)
            where e.pos > (select indexed from eventsync.log) and e.pos <= $1
            group by t.tag
            """;

    private final Pool pool;

    TagStore(Pool pool) {
        this.pool = pool;
    }

    /** A tag's events that the log keeps, and the newest of them. */
    record Count(String tag, long events, long lastPosition) {}

    Future<Map<Integer, String>> all() {
        return pool.preparedQuery(ALL).execute().map(TagStore::tags);
    }

    Future<Map<Integer, String>> byIds(SqlClient client, Integer[] tagIds) {
        return client.preparedQuery(BY_IDS)
                .execute(Tuple.tuple().addArrayOfInteger(tagIds))
                .map(TagStore::tags);
    }

    Future<Map<Integer, String>> ensure(String[] wanted) {
        Tuple parameter = Tuple.tuple().addArrayOfString(wanted);
        return pool.preparedQuery(INSERT)
                .execute(parameter)
                .compose(inserted ->
                        pool.preparedQuery(BY_TAGS).execute(parameter).map(TagStore::tags));
    }

    /** One of these tags that has another number in that connection's database, or none. */
    Future<Optional<String>> stray(SqlClient client, Integer[] tagIds, String[] tags) {
        return client.preparedQuery(STRAY)
                .execute(Tuple.tuple().addArrayOfInteger(tagIds).addArrayOfString(tags))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(rows.iterator().next().getString(0)));
    }

    /** Counts of indexed events and of those behind the index, up to {@code head}; a tag may appear twice. */
    Future<List<Count>> counts(long head) {
        return pool.preparedQuery(COUNTS).execute(Tuple.of(head)).map(rows -> {
            List<Count> counts = new ArrayList<>();
            for (Row row : rows) {
                counts.add(new Count(row.getString(0), row.getLong(1), row.getLong(2)));
            }
            return counts;
        });
    }

    private static Map<Integer, String> tags(RowSet<Row> rows) {
        Map<Integer, String> tags = new HashMap<>();
        for (Row row : rows) {
            tags.put(row.getInteger(0), row.getString(1));
        }
        return tags;
    }
}
