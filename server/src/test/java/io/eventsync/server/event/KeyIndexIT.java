package io.eventsync.server.event;

import static io.eventsync.server.event.TestNode.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnectOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The index of ids in a large log. Postgres knows each partition well, by autovacuum, and of their parents nothing. */
@Timeout(60)
class KeyIndexIT {
    private static final String FILL = """
            insert into eventsync.tag (tag) values ('T');
            select eventsync.ensure_partitions(262144, 65536);
            insert into eventsync.event (pos, at, tag_id, id, body) select g, g, 1, 'id-' || g, '' from generate_series(1, 200000) g;
            insert into eventsync.event_key (hash, pos) select hashtextextended('id-' || g, 0), g from generate_series(1, 196608) g;
            do $$
            declare
              part regclass;
            begin
              for part in select inhrelid from pg_inherits where inhparent in ('eventsync.event'::regclass, 'eventsync.event_key'::regclass) loop
                execute format('analyze %s', part);
              end loop;
            end $$
            """;

    /** Planned as for a log larger than memory; counted in the transaction that did it. */
    private static final String READ = """
            begin;
            set local effective_cache_size = '64kB';
            select ids from eventsync.indexed_ids(array(select 'id-' || 3001 * g from generate_series(1, 10) g));
            select sum(seq_tup_read + idx_tup_fetch) from pg_stat_xact_all_tables
              where schemaname = 'eventsync' and (relname like 'event\\_%' or relname like 'event\\_key%');
            """;

    /** A block whose events carry two tags in turn, with this id at position 1,000 and UUIDs of version 7 at two others. */
    private static final String BLOCK = """
            insert into eventsync.tag (tag) values ('T'), ('U');
            select eventsync.ensure_partitions(65536, 65536);
            insert into eventsync.event (pos, at, tag_id, id, body)
              select g, g, 1 + g %% 2, case g when 7 then '00000000-00ff-7abc-8000-000000000001' when 8 then '00000000-0100-7abc-8000-000000000001'
                when 1000 then '%s' else 'id-' || g end, ''
              from generate_series(1, 65536) g;
            insert into eventsync.mark (pos) values (65536);
            """;

    private static final String INDEXED = """
            select indexed || ' ' || indexed_id_millis || ' ' || (select count(distinct pos) from eventsync.event_key)
            from eventsync.log
            union all
            select t.tag || ' ' || t.events || ' ' || t.last_pos || ' ' || cardinality(b.offs) || ' ' || b.offs[2]
            from eventsync.tag t join eventsync.tag_block b using (tag_id)
            """;

    private static final String MISSING_KEYS = """
            select count(*) from eventsync.event e
            where not exists (select from eventsync.event_key k where k.hash = hashtextextended(e.id, 0) and k.pos = e.pos)
            """;

    private static final String HASHES_AS_IN_THE_LOG = """
            select b.hashes = (select string_agg(int8send(h), '' order by h) from eventsync.event e, hashtextextended(e.id, 0) h)
            from eventsync.id_block b
            """;

    private static final String RESTING =
            " from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
    private static final String RESTS = "select count(*)" + RESTING;
    private static final String END_REST = "select pg_terminate_backend(pid)" + RESTING;

    private final PgConnectOptions database = TestPostgres.freshDatabase();
    private final TestSql sql = new TestSql();

    @AfterEach
    void close() {
        sql.close();
    }

    /** Ids that look like a UUID of version 7 and are none sort behind all that are. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "id",
                "ffffffff-ffff-4fff-8000-000000000001",
                "zzzzzzzz-zzzz-7zzz-zzzz-zzzzzzzzzzzz",
                "f-------------7----f----------------",
                "FFFFFFFF-FFFF-7FFF-8000-000000000001"
            })
    void block_isIndexed_withTheTimeOfTheNewestUuidV7_whateverElseIsInIt(String stranger) {
        TestNode.open(database, Map.of("log-partition-events", "65536")).close();
        sql.execute(database, BLOCK.formatted(stranger));

        sql.execute(database, "select eventsync.index_block(0)");

        assertThat(sql.query(database, INDEXED))
                .containsExactlyInAnyOrder(
                        "65536 256 65536", "T 32768 65536 32768 -32765", "U 32768 65535 32768 -32766");
    }

    /** A node that was not brought up to date yet runs beside those that were. */
    @Test
    void block_isIndexed_asAnOlderNodeAsksForIt() {
        TestNode.open(database, Map.of("log-partition-events", "65536")).close();
        sql.execute(database, BLOCK.formatted("id"));

        assertThat(sql.query(database, "select indexed_through || ' ' || id_millis from eventsync.index_block()"))
                .containsExactly("65536 256");

        assertThat(sql.query(database, INDEXED)).contains("65536 256 65536");
    }

    /** The key index as duplicates are looked up in it, and the hashes that fill the filter before it. */
    @Test
    void block_isIndexed_withEachIdOnce_inTheOrderOfTheirHashes() {
        TestNode.open(database, Map.of("log-partition-events", "65536")).close();
        sql.execute(database, BLOCK.formatted("id"));

        sql.execute(database, "select eventsync.index_block(0.1)");

        assertThat(sql.query(database, MISSING_KEYS)).containsExactly("0");
        assertThat(sql.query(database, HASHES_AS_IN_THE_LOG)).containsExactly("true");
    }

    @Test
    void block_isIndexed_inTheWayOfNobody() {
        Map<String, String> flags = new HashMap<>(TestNode.DEAF); // or it would be the first to index the block
        flags.put("log-partition-events", "65536");
        try (TestNode node = TestNode.open(database, flags)) {
            sql.execute(database, BLOCK.formatted("id"));
            Future<?> indexing = sql.connect(database)
                    .query("select eventsync.index_block(1000)")
                    .execute();
            await().until(() -> sql.query(database, RESTS).equals(List.of("1")));

            node.put(event("mine", "T", "{}"));
            node.put(event("other", "NEW", "{}"));
            await().untilAsserted(() -> assertThat(TestSql.await(node.log().tagCounts()))
                    .extracting(TagCount::tag)
                    .contains("NEW"));

            assertThat(indexing.isComplete()).isFalse();
        } finally {
            sql.execute(database, END_REST);
        }
    }

    @Test
    void R5_idsAreFound_byReadingTheirOwnRowsOnly_whenTheLogIsLargerThanMemory() {
        TestNode.open(database, Map.of("log-partition-events", "65536")).close();
        sql.execute(database, FILL);

        long[] found = sql.on(
                database,
                connection -> connection.query(READ).execute().map(rows -> new long[] {
                    rows.next().next().iterator().next().getArrayOfStrings(0).length,
                    rows.next().next().next().iterator().next().getLong(0)
                }));

        assertThat(found[0]).isEqualTo(10);
        assertThat(found[1]).as("rows read").isLessThanOrEqualTo(40);
    }
}
