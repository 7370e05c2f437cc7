package io.eventsync.server.event;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;

/** SQL that reads ids, and hashes of ids, by the position at which they stand. */
final class IdStore {
    static final String IDS = "select pos, id from eventsync.event where pos > $1 and pos <= $2";

    static final String PARTS = """
            select p.from_pos, least(p.to_pos, $2),
              pg_relation_size(format('eventsync.event_key_%s', p.from_pos)::regclass) / current_setting('block_size')::bigint,
              (select count(*) from eventsync.id_block b where b.blk >= (p.from_pos - 1) >> 16 and b.blk < least(p.to_pos, $2) >> 16)
            from eventsync.partition p where not p.dropping and p.to_pos >= $1 and p.from_pos <= $2 order by p.from_pos
            """;

    static final String HASHES_OF_BLOCKS =
            "select b.blk, b.hashes from eventsync.id_block b where b.blk >= $1 and b.blk < $2";

    /** By where the rows lie, as they are in the order of no index that begins with the position. */
    static final String HASHES_ON_PAGES = """
            select ((k.pos - 1) >> 16)::int, string_agg(int8send(k.hash), '')
            from eventsync.event_key k
            where k.pos >= $1 and k.pos <= $2
              and k.ctid >= format('(%s,0)', $3::bigint)::tid and k.ctid < format('(%s,0)', $4::bigint)::tid
            group by 1
            """;

    static final String HASH_OF =
            "select array_agg(hashtextextended(t.id, 0) order by t.n) from unnest($1::text[]) with ordinality t(id, n)";

    private final Pool pool;

    IdStore(Pool pool) {
        this.pool = pool;
    }

    <T> Future<T> onOneConnection(Function<SqlClient, Future<T>> work) {
        return pool.withConnection(work::apply);
    }

    /** Reads the ids after one position up to another, in no order. */
    Future<Void> eachId(SqlClient client, long after, long through, ObjLongConsumer<String> into) {
        return client.preparedQuery(IDS).execute(Tuple.of(after, through)).map(rows -> {
            for (Row row : rows) {
                into.accept(row.getString(1), row.getLong(0));
            }
            return null;
        });
    }

    /**
     * A part of the key index.
     *
     * @param from the first position whose id it has
     * @param through the last one, at the end of a block
     * @param pages of its table
     * @param hashedBlocks how many of its blocks have their hashes in a row of their own
     */
    record Part(long from, long through, long pages, long hashedBlocks) {
        long ids() {
            return through - from + 1;
        }

        int firstBlock() {
            return (int) Blocks.of(from);
        }

        int endBlock() {
            return (int) Blocks.of(through) + 1;
        }

        boolean isHashed() {
            return hashedBlocks == endBlock() - firstBlock();
        }
    }

    /** The parts of the key index that have ids from one position on up to another, which is the end of a block. */
    Future<List<Part>> parts(SqlClient client, long from, long through) {
        return client.preparedQuery(PARTS).execute(Tuple.of(from, through)).map(rows -> {
            List<Part> parts = new ArrayList<>();
            rows.forEach(row -> parts.add(new Part(row.getLong(0), row.getLong(1), row.getLong(2), row.getLong(3))));
            return parts;
        });
    }

    /** Hashes of ids of one block, eight bytes each. */
    record Hashes(int block, Buffer bytes) {}

    /** Those of the blocks of this range. */
    Future<List<Hashes>> hashesOfBlocks(SqlClient client, int from, int end) {
        return hashes(client, HASHES_OF_BLOCKS, Tuple.of(from, end));
    }

    /** Those that stand on these pages of a part. */
    Future<List<Hashes>> hashesOnPages(SqlClient client, Part part, long from, long end) {
        return hashes(client, HASHES_ON_PAGES, Tuple.of(part.from(), part.through(), from, end));
    }

    private static Future<List<Hashes>> hashes(SqlClient client, String sql, Tuple arguments) {
        return client.preparedQuery(sql).execute(arguments).map(rows -> {
            List<Hashes> hashes = new ArrayList<>();
            rows.forEach(row -> hashes.add(new Hashes(row.getInteger(0), row.getBuffer(1))));
            return hashes;
        });
    }

    /** What Postgres takes for the hashes of these ids. */
    Future<Long[]> hashOf(SqlClient client, String... ids) {
        return client.preparedQuery(HASH_OF)
                .execute(Tuple.tuple().addArrayOfString(ids))
                .map(rows -> rows.iterator().next().getArrayOfLongs(0));
    }
}
