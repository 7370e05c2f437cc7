package io.eventsync.server.event;

import static io.eventsync.server.postgres.TestSql.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.server.tag.TagPrefix;
import io.vertx.pgclient.PgConnectOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rare events are fetched by the places of their rows, which the tag index keeps, as long as they are there. */
@Timeout(60)
class RareEventsIT {
    private static final int BLOCK = 65_536;
    private static final int EACH = 1_000;
    private static final int RARE = 2;
    private static final long BYTES = 1 << 20;

    /** Two blocks, each in a partition of its own. Every thousandth event is rare, the one behind it is another. */
    private static final String FILL = """
            insert into eventsync.tag (tag) values ('COMMON'), ('RARE'), ('OTHER');
            select eventsync.ensure_partitions(131072, 65536);
            insert into eventsync.event (pos, at, tag_id, id, body)
              select g, g, case g % 1000 when 0 then 2 when 1 then 3 else 1 end, 'id-' || g, '' from generate_series(1, 131072) g;
            insert into eventsync.mark (pos) values (131072);
            select eventsync.index_block(0);
            select eventsync.index_block(0);
            """;

    private static final String PLACES = """
            select t.tag || ' ' || b.blk || ' ' || coalesce((
                select count(*) from unnest(b.offs, b.places) o(off, place)
                join eventsync.event e on e.ctid = o.place and e.pos = (b.blk::bigint << 16) + o.off + 32769)::text, '-')
              || ' of ' || coalesce(cardinality(b.places)::text, 'none')
            from eventsync.tag t join eventsync.tag_block b using (tag_id) order by 1
            """;

    /** Of the first block, in one transaction, with what it counted: how many there are, and what was read by other ways than places. */
    private static final String READ = """
            with found as materialized (
              select count(*) as events from eventsync.tag_block b
              cross join lateral eventsync.events_at(b.places::text, 1, 65536, 1000000) e where b.tag_id = 2 and b.blk = 0)
            select f.events || ' ' || (
                select sum(pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid)) from pg_class c
                where f.events > 0 and (c.relname like 'event\\_1%' or c.relname like 'event\\_65537%'))
            from found f
            """;

    private static final String PUT_RIGHT = """
            update eventsync.tag_block b set places = (
              select array_agg(e.ctid order by e.pos) from eventsync.event e where e.tag_id = b.tag_id and ((e.pos - 1) >> 16)::int = b.blk)
            where b.tag_id <> 1
            """;

    private static final List<String> CHANGES = List.of(
            "update eventsync.tag_block set places = null where blk = 1",
            "update eventsync.tag_block b set places = o.places[1:cardinality(b.offs)] from eventsync.tag_block o"
                    + " where b.tag_id = 2 and o.tag_id = 3 and o.blk = b.blk",
            "update eventsync.event set tag_id = tag_id where pos > 30000",
            "update eventsync.event set tag_id = tag_id",
            "vacuum full eventsync.event_1");

    private static final PgConnectOptions UNCHANGED = TestPostgres.freshDatabase();

    private final TestSql sql = new TestSql();

    @BeforeAll
    static void fillOnce() {
        try (TestSql sql = new TestSql()) {
            fill(sql, UNCHANGED);
        }
    }

    private static void fill(TestSql sql, PgConnectOptions database) {
        open(database).close();
        sql.execute(database, FILL);
    }

    @AfterEach
    void close() {
        sql.close();
    }

    @Test
    void block_keepsThePlaces_ofWhatIsRareInIt() {
        assertThat(sql.query(UNCHANGED, PLACES))
                .containsExactly(
                        "COMMON 0 0 of none",
                        "COMMON 1 0 of none",
                        "OTHER 0 66 of 66",
                        "OTHER 1 66 of 66",
                        "RARE 0 65 of 65",
                        "RARE 1 66 of 66");
    }

    @Test
    void places_answerTheEventsMeant_whichThoseOfTwoPartitionsCannot() {
        try (TestNode node = open(UNCHANGED)) {
            ReadStore store = store(node);

            Postings ofOne = postings(store, node, BLOCK);
            List<LogEvent> found = await(store.byPlaces(node.pool(), ofOne, BYTES));

            assertThat(found).extracting(LogEvent::position).isEqualTo(rare(BLOCK));
            assertThat(ofOne.beginWith(found)).isTrue();
            assertThat(postings(store, node, 2 * BLOCK).hasPlaces()).isFalse();
        }
    }

    /** Whatever the planner thinks of the range that they are in. */
    @Test
    void places_areLookedUp_andNothingElseIsRead() {
        sql.execute(UNCHANGED, "analyze eventsync.event");

        assertThat(sql.query(UNCHANGED, READ)).containsExactly("65 0");
    }

    @Test
    void reader_takesThePlaces() {
        PgConnectOptions database = TestPostgres.freshDatabase();
        fill(sql, database);
        sql.execute(database, "alter database " + database.getDatabase() + " set track_functions = 'all'");

        assertThat(readAll(database)).isEqualTo(rare(2 * BLOCK));

        // Postgres counts when a connection ends.
        Awaitility.await()
                .untilAsserted(() -> assertThat(sql.query(
                                database, "select calls > 10 from pg_stat_user_functions where funcname = 'events_at'"))
                        .containsExactly("true"));
    }

    /** As it is; indexed by an older node; with the places of other rows; written anew, as by a restore or VACUUM FULL. */
    @Test
    void R2_rareEvents_areAllRead_whereverTheirRowsAre() {
        PgConnectOptions database = TestPostgres.freshDatabase();
        fill(sql, database);

        assertThat(readAll(database)).isEqualTo(rare(2 * BLOCK));
        for (String change : CHANGES) {
            sql.execute(database, PUT_RIGHT);
            // So that VACUUM FULL has something to move.
            sql.execute(database, "update eventsync.event set tag_id = tag_id where pos % 3 = 0");
            sql.execute(database, PUT_RIGHT);
            sql.execute(database, change);
            assertThat(readAll(database)).as(change).isEqualTo(rare(2 * BLOCK));
        }

        try (TestNode node = open(database)) {
            ReadStore store = store(node);
            Postings postings = postings(store, node, BLOCK);
            List<LogEvent> found = await(store.byPlaces(node.pool(), postings, BYTES));
            assertThat(postings.beginWith(found)).isFalse();

            store.haveMoved(postings);

            assertThat(postings(store, node, BLOCK).hasPlaces()).isFalse();
        }
    }

    /** By pages that end with their bytes. */
    private static List<Long> readAll(PgConnectOptions database) {
        EventFilter filter = new EventFilter(List.of(new TagPrefix("RARE")), List.of(), Set.of(), Map.of());
        try (TestNode node = open(database)) {
            Reader reader = node.log().reader(filter);
            List<Long> read = new ArrayList<>();
            LogPoint at = LogPoint.BEGINNING;
            while (at.position() < 2 * BLOCK) {
                Page page = await(reader.after(at, 20, 1_000));
                page.events().forEach(event -> read.add(event.position()));
                at = page.end();
            }
            return read;
        }
    }

    private static TestNode open(PgConnectOptions database) {
        return TestNode.open(database, Map.of("log-partition-events", "65536"));
    }

    private static ReadStore store(TestNode node) {
        return new ReadStore(node.pool(), new TagDictionary(new TagStore(node.pool()), 10));
    }

    private static Postings postings(ReadStore store, TestNode node, long through) {
        return await(store.postings(node.pool(), 0, through, EACH, new Integer[] {RARE}));
    }

    private static List<Long> rare(long through) {
        return LongStream.rangeClosed(1, through / EACH)
                .map(n -> n * EACH)
                .boxed()
                .toList();
    }
}
