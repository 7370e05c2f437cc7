package io.eventsync.server.event;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SQL that reads the log. The planner never chooses between scanning and the posting blocks: it takes the primary key for rare tags,
 * which costs what is skipped. A page stops at a number of bytes too; octet_length does not fetch large bodies.
 */
final class ReadStore {
    /** Bodies of an unusual size are left out: what is left is bounded by its number of rows, without a sum over them. */
    static final String SCAN_SHORT = """
            select pos, at, tag_id, id, case when octet_length(body) <= $3 then body end
            from eventsync.event where pos > $1 and pos <= $2 order by pos
            """;

    static final String SCAN = """
            select pos, at, tag_id, id, body from (
              select e.*, sum(octet_length(e.body) + 100) over (order by e.pos) - octet_length(e.body) as before
              from (select * from eventsync.event where pos > $1 and pos <= $2 order by pos limit $3) e
            ) e where before <= $4 order by pos
            """;

    static final String SCAN_TAGS = """
            select pos, at, tag_id, id, body from (
              select e.*, sum(octet_length(e.body) + 100) over (order by e.pos) - octet_length(e.body) as before
              from (select * from eventsync.event where pos > $1 and pos <= $2 and tag_id = any($5) order by pos limit $3) e
            ) e where before <= $4 order by pos
            """;

    static final String SCAN_BACK = """
            select pos, at, tag_id, id, body from (
              select e.*, sum(octet_length(e.body) + 100) over (order by e.pos desc) - octet_length(e.body) as before
              from (select * from eventsync.event where pos >= $1 and pos < $2 order by pos desc limit $3) e
            ) e where before <= $4 order by pos desc
            """;

    static final String SCAN_BACK_TAGS = """
            select pos, at, tag_id, id, body from (
              select e.*, sum(octet_length(e.body) + 100) over (order by e.pos desc) - octet_length(e.body) as before
              from (select * from eventsync.event where pos >= $1 and pos < $2 and tag_id = any($5) order by pos desc limit $3) e
            ) e where before <= $4 order by pos desc
            """;

    /** Of each block what is wanted of it at most, and no blocks behind those that have enough. Places in the form that they are sent in. */
    static final String POSTINGS = """
            select p.blk, p.offs[p.lo : p.lo + $3 - 1], array_send(p.places[p.lo : p.lo + $3 - 1]), p.part::bigint from (
              select b.*, sum(cardinality(b.offs) - b.lo + 1) over (order by b.blk range between unbounded preceding and 1 preceding) as before
              from (
                select b.blk, b.offs, b.places, b.tableoid as part,
                  case when b.blk = (($1::bigint) >> 16)::int and ($1::bigint) & 65535 > 0
                    then width_bucket(((($1::bigint) & 65535) - 32769)::int2, b.offs) + 1 else 1 end as lo
                from eventsync.tag_block b
                where b.tag_id = any($4) and b.blk >= (($1::bigint) >> 16)::int and b.blk <= (($2::bigint - 1) >> 16)::int
              ) b
            ) p where coalesce(p.before, 0) < $3 order by p.blk
            """;

    static final String POSTINGS_BACK = """
            select p.pos from (
              select (b.blk::bigint << 16) + o.off + 32769 as pos
              from eventsync.tag_block b cross join lateral unnest(b.offs) o(off)
              where b.tag_id = any($4) and b.blk >= (($1::bigint - 1) >> 16)::int and b.blk <= (($2::bigint - 2) >> 16)::int
            ) p where p.pos >= $1 and p.pos < $2 order by p.pos desc limit $3
            """;

    static final String COUNT_POSTINGS = """
            select coalesce(sum(cardinality(b.offs)), 0)
            from eventsync.tag_block b where b.tag_id = any($3) and b.blk >= $1 and b.blk < $2
            """;

    static final String COUNT_SCAN =
            "select count(*) from eventsync.event where pos > $1 and pos <= $2 and tag_id = any($3)";

    static final String MATCHING_EVENTS =
            "select coalesce(sum(events), 0)::bigint from eventsync.tag where tag_id = any($1)";

    /** Rows that are not the ones that were meant are among them, if theirs have moved. */
    static final String BY_PLACES = "select pos, at, tag_id, id, body from eventsync.events_at($1, $2, $3, $4)";

    static final String BY_POSITIONS = """
            select pos, at, tag_id, id, body from (
              select e.*, sum(octet_length(e.body) + 100) over (order by e.pos) - octet_length(e.body) as before
              from eventsync.event e where e.pos = any($1)
            ) e where before <= $2 order by pos
            """;

    static final String BY_POSITIONS_BACK = """
            select pos, at, tag_id, id, body from (
              select e.*, sum(octet_length(e.body) + 100) over (order by e.pos desc) - octet_length(e.body) as before
              from eventsync.event e where e.pos = any($1)
            ) e where before <= $2 order by pos desc
            """;

    static final String STORED = """
            select e.pos, e.at, t.tag, e.id, e.body
            from eventsync.event e join eventsync.tag t using (tag_id) where e.pos = any($1)
            """;

    static final String BY_KEY = """
            select e.pos from eventsync.event_key k join eventsync.event e on e.pos = k.pos and e.id = $1
            where k.hash = hashtextextended($1, 0)
            union all
            select e.pos from eventsync.event e
            where e.pos > (select indexed from eventsync.log) and e.pos <= $2 and e.id = $1
            limit 1
            """;

    static final String EDGE = """
            select l.earliest, l.indexed, e.id, e.at, s.id, s.at
            from eventsync.log l left join eventsync.event e on e.pos = $1 left join eventsync.event s on s.pos = $2
            """;

    static final String HEAD = """
            select l.earliest, l.indexed, (select m.pos from eventsync.mark m order by m.pos desc limit 1) as head,
              l.indexed_id_millis, e.id, e.at
            from eventsync.log l left join eventsync.event e on e.pos = $1
            """;

    static final String LOG_ID = "select log_id from eventsync.log";
    static final String POSITION_AT = "select eventsync.position_at($1, $2, $3)";

    private static final Logger LOG = LoggerFactory.getLogger(ReadStore.class);

    private final Pool pool;
    private final TagDictionary tags;
    /** Partitions of the tag index that know other places than their events have. */
    private final Set<Long> moved = ConcurrentHashMap.newKeySet();

    ReadStore(Pool pool, TagDictionary tags) {
        this.pool = pool;
        this.tags = tags;
    }

    /** How far the log has come, and what stands at a position that was asked for. */
    record Head(long earliest, long indexed, long position, long indexedIdMillis, LogPoint known) {}

    /** An event as stored. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    record StoredRow(long position, long ingestMicros, String tag, String id, byte[] body) {}

    /** Rows of one page and what holds where it ends. */
    record Slice(List<LogEvent> events, Edge edge) {}

    /** The earliest position kept, the indexed position, and the points asked for (with fingerprint 0 if no event stands there). */
    record Edge(long earliest, long indexed, LogPoint point, LogPoint start) {
        /** Whether an event stands at the point, or retention may have taken it. */
        boolean hasPoint() {
            return hasIt(point);
        }

        /** The same of the start. */
        boolean hasStart() {
            return hasIt(start);
        }

        private boolean hasIt(LogPoint which) {
            return which.fingerprint() != 0 || which.position() < earliest;
        }
    }

    <T> Future<T> onOneConnection(java.util.function.Function<SqlClient, Future<T>> work) {
        return pool.withConnection(work::apply);
    }

    /** The events up to, not including, the first one whose body is longer than that. */
    Future<List<LogEvent>> scanShort(SqlClient client, long after, long through, long bodyBytesMax) {
        return events(client, SCAN_SHORT, Tuple.of(after, through, (int) Math.min(Integer.MAX_VALUE, bodyBytesMax)));
    }

    Future<List<LogEvent>> scan(SqlClient client, long after, long through, int limit, long bytes) {
        return events(client, SCAN, Tuple.of(after, through, limit, bytes));
    }

    Future<List<LogEvent>> scanTags(
            SqlClient client, long after, long through, int limit, long bytes, Integer[] tagIds) {
        return events(client, SCAN_TAGS, Tuple.of(after, through, limit, bytes).addArrayOfInteger(tagIds));
    }

    Future<List<LogEvent>> scanBack(SqlClient client, long from, long before, int limit, long bytes) {
        return events(client, SCAN_BACK, Tuple.of(from, before, limit, bytes));
    }

    Future<List<LogEvent>> scanBackTags(
            SqlClient client, long from, long before, int limit, long bytes, Integer[] tagIds) {
        return events(
                client, SCAN_BACK_TAGS, Tuple.of(from, before, limit, bytes).addArrayOfInteger(tagIds));
    }

    Future<Postings> postings(SqlClient client, long after, long through, int limit, Integer[] tagIds) {
        return client.preparedQuery(POSTINGS)
                .execute(Tuple.of(after, through, limit).addArrayOfInteger(tagIds))
                .map(rows -> {
                    List<Postings.Block> blocks = new ArrayList<>(rows.size());
                    for (Row row : rows) {
                        blocks.add(new Postings.Block(
                                row.getInteger(0), List.of(row.getArrayOfShorts(1)), row.getBuffer(2), row.getLong(3)));
                    }
                    Postings postings = Postings.of(blocks, after, through, limit);
                    return moved.contains(postings.partition()) ? postings.withoutPlaces() : postings;
                });
    }

    Future<Long[]> postingsBack(SqlClient client, long from, long before, int limit, Integer[] tagIds) {
        return positions(client, POSTINGS_BACK, Tuple.of(from, before, limit).addArrayOfInteger(tagIds));
    }

    /** What stands at their places, which need not be what was meant: rows move. */
    Future<List<LogEvent>> byPlaces(SqlClient client, Postings postings, long bytes) {
        return events(client, BY_PLACES, Tuple.of(postings.places(), postings.first(), postings.last(), bytes));
    }

    /** From now on the rows of their partition are read by position. */
    void haveMoved(Postings postings) {
        if (moved.add(postings.partition())) {
            LOG.info("rows are not where the tag index says, as after a restore, next=read them by position");
        }
    }

    Future<List<LogEvent>> byPositions(SqlClient client, Long[] positions, long bytes) {
        return events(
                client, BY_POSITIONS, Tuple.tuple().addArrayOfLong(positions).addLong(bytes));
    }

    Future<List<LogEvent>> byPositionsBack(SqlClient client, Long[] positions, long bytes) {
        return events(
                client,
                BY_POSITIONS_BACK,
                Tuple.tuple().addArrayOfLong(positions).addLong(bytes));
    }

    /** @param start another position to look at */
    Future<Edge> edge(SqlClient client, long position, long start) {
        return client.preparedQuery(EDGE).execute(Tuple.of(position, start)).map(rows -> {
            Row row = rows.iterator().next();
            return new Edge(
                    row.getLong(0),
                    row.getLong(1),
                    point(position, row.getString(2), row.getLong(3)),
                    point(start, row.getString(4), row.getLong(5)));
        });
    }

    /** With fingerprint 0 if no event stands there. */
    private static LogPoint point(long position, @Nullable String id, @Nullable Long micros) {
        return id == null || micros == null ? new LogPoint(position, 0) : LogPoint.after(position, id, micros);
    }

    Future<Edge> edge(long position) {
        return edge(pool, position, position);
    }

    /** @param known a position to look at as well */
    Future<Head> head(long known) {
        return head(pool, known);
    }

    Future<Head> head(SqlClient client, long known) {
        return client.preparedQuery(HEAD).execute(Tuple.of(known)).map(rows -> {
            Row row = rows.iterator().next();
            Long head = row.getLong(2);
            return new Head(
                    row.getLong(0),
                    row.getLong(1),
                    head == null ? 0 : head,
                    row.getLong(3),
                    point(known, row.getString(4), row.getLong(5)));
        });
    }

    Future<List<StoredRow>> at(Long[] positions) {
        return pool.preparedQuery(STORED)
                .execute(Tuple.tuple().addArrayOfLong(positions))
                .map(rows -> {
                    List<StoredRow> stored = new ArrayList<>();
                    for (Row row : rows) {
                        stored.add(new StoredRow(
                                row.getLong(0),
                                row.getLong(1),
                                row.getString(2),
                                row.getString(3),
                                row.getBuffer(4).getBytes()));
                    }
                    return stored;
                });
    }

    /** The position of the event with this id, among those up to {@code head}. */
    Future<Optional<Long>> positionOf(String id, long head) {
        return pool.preparedQuery(BY_KEY).execute(Tuple.of(id, head)).map(ReadStore::firstLong);
    }

    Future<Long> matchingEvents(Integer[] tagIds) {
        return pool.preparedQuery(MATCHING_EVENTS)
                .execute(Tuple.tuple().addArrayOfInteger(tagIds))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /** Counts events with these tags in whole blocks {@code [fromBlock, toBlock)}. */
    Future<Long> countPostings(long fromBlock, long toBlock, Integer[] tagIds) {
        return pool.preparedQuery(COUNT_POSTINGS)
                .execute(Tuple.of((int) fromBlock, (int) toBlock).addArrayOfInteger(tagIds))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    Future<Long> countScan(long after, long through, Integer[] tagIds) {
        return pool.preparedQuery(COUNT_SCAN)
                .execute(Tuple.of(after, through).addArrayOfInteger(tagIds))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /** The first position with an ingest time at or after this. */
    Future<Long> positionAt(long micros, long earliest, long head) {
        return pool.preparedQuery(POSITION_AT)
                .execute(Tuple.of(micros, earliest, head))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    Future<java.util.UUID> logId() {
        return pool.preparedQuery(LOG_ID)
                .execute()
                .map(rows -> rows.iterator().next().getUUID(0));
    }

    private static Future<Long[]> positions(SqlClient client, String sql, Tuple arguments) {
        return client.preparedQuery(sql).execute(arguments).map(rows -> {
            Long[] positions = new Long[rows.size()];
            int next = 0;
            for (Row row : rows) {
                positions[next++] = row.getLong(0);
            }
            return positions;
        });
    }

    private Future<List<LogEvent>> events(SqlClient client, String sql, Tuple arguments) {
        return client.preparedQuery(sql).execute(arguments).compose(rows -> events(client, rows));
    }

    /** @param client that the rows came from: to ask for another one while this is held could be to wait for oneself */
    private Future<List<LogEvent>> events(SqlClient client, RowSet<Row> rows) {
        Integer[] unknown = unknownTags(rows);
        return unknown.length == 0
                ? Future.succeededFuture(named(rows))
                : tags.learn(client, unknown).map(v -> named(rows));
    }

    private Integer[] unknownTags(RowSet<Row> rows) {
        List<Integer> unknown = List.of();
        for (Row row : rows) {
            Integer tagId = row.getInteger(2);
            if (tags.tagOf(tagId) == null) {
                unknown = unknown.isEmpty() ? new ArrayList<>() : unknown;
                unknown.add(tagId);
            }
        }
        return unknown.stream().distinct().toArray(Integer[]::new);
    }

    private List<LogEvent> named(RowSet<Row> rows) {
        List<LogEvent> events = new ArrayList<>(rows.size());
        for (Row row : rows) {
            int tagId = row.getInteger(2);
            String tag = tags.tagOf(tagId);
            if (tag == null) {
                throw new IllegalStateException("event " + row.getLong(0) + " has a tag without a row: " + tagId);
            }
            Buffer body = row.getBuffer(4);
            if (body == null) {
                break;
            }
            events.add(new LogEvent(row.getLong(0), row.getLong(1), tagId, tag, row.getString(3), body.getBytes()));
        }
        return events;
    }

    private static Optional<Long> firstLong(RowSet<Row> rows) {
        var all = rows.iterator();
        return all.hasNext() ? Optional.of(all.next().getLong(0)) : Optional.empty();
    }
}
