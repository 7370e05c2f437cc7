package io.eventsync.server.event;

import static io.eventsync.server.event.TestNode.event;
import static io.eventsync.server.event.TestNodes.assertRefused;
import static io.eventsync.server.postgres.TestSql.await;
import static io.eventsync.server.postgres.TestSql.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.eventsync.server.LongRun;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.postgres.TestPostgres;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.server.tag.TagPrefix;
import io.eventsync.v1.Event;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every way to read, against a plain list of what was written: two indexed blocks and a tail that is not indexed. */
@Timeout(60)
class ReadIT {
    private static final int ROUNDS = LongRun.or(20, 150);
    private static final int EVENTS = 150_000;
    private static final int INDEXED = 131_072;
    private static final long SEED = System.nanoTime();
    private static final Random RANDOM = new Random(SEED);
    private static final PgConnectOptions DATABASE = TestPostgres.freshDatabase();
    private static final List<Written> TRUTH = new ArrayList<>();

    private static TestNode big;
    /** Keeps almost nothing in memory. */
    private static TestNode small;

    private final TestSql sql = new TestSql();

    private record Written(
            long position, String id, String tag, String key, Map<String, String> attributes, int bytes) {
        boolean matches(EventFilter filter) {
            boolean included =
                    filter.include().isEmpty() || filter.include().stream().anyMatch(prefix -> isBelow(prefix.text()));
            return included
                    && filter.exclude().stream().noneMatch(prefix -> isBelow(prefix.text()))
                    && (filter.keys().isEmpty() || filter.keys().contains(key))
                    && attributes.entrySet().containsAll(filter.attributes().entrySet());
        }

        private boolean isBelow(String prefix) {
            return (tag + ".").startsWith(prefix + ".");
        }
    }

    @BeforeAll
    static void fill() {
        System.out.println("ReadIT seed=" + SEED);
        big = TestNode.open(DATABASE, Map.of());
        List<List<Written>> pending = new ArrayList<>();
        List<Future<List<Appended>>> answers = new ArrayList<>();
        for (int from = 0; from < EVENTS; from += 1_000) {
            List<NewEvent> batch = new ArrayList<>();
            List<Written> written = new ArrayList<>();
            for (int i = from; i < from + 1_000; i++) {
                Event event = randomEvent(i);
                byte[] body = event.toBuilder().clearTag().build().toByteArray();
                batch.add(new NewEvent("id-" + i, true, event.getTag(), body));
                written.add(new Written(
                        0, "id-" + i, event.getTag(), event.getKey(), event.getAttributesMap(), body.length));
            }
            pending.add(written);
            answers.add(big.log().append(batch));
            if (answers.size() % 10 == 0) {
                done(answers.get(answers.size() - 1));
            }
        }
        for (int b = 0; b < answers.size(); b++) {
            List<Appended> appended = await(answers.get(b));
            for (int i = 0; i < appended.size(); i++) {
                Written w = pending.get(b).get(i);
                TRUTH.add(new Written(appended.get(i).position(), w.id(), w.tag(), w.key(), w.attributes(), w.bytes()));
            }
        }
        TRUTH.sort(java.util.Comparator.comparingLong(Written::position));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> await(big.log().info()).indexed() == INDEXED);
        small = TestNode.open(DATABASE, Map.of("log-tail-events-max", "256"));
    }

    private static Event randomEvent(int i) {
        int dice = RANDOM.nextInt(1_000);
        String tag = dice < 500
                ? "A." + "XYZ".charAt(RANDOM.nextInt(3))
                : dice < 900 ? "A2.Q" + RANDOM.nextInt(20) : dice < 995 ? "B.C.D" + RANDOM.nextInt(30) : "RARE." + dice;
        if (i == EVENTS / 3 || i == EVENTS - 77) {
            tag = "LONELY";
        }
        Event.Builder event = Event.newBuilder().setTag(tag).setJson("{\"i\":" + i + "}");
        if (RANDOM.nextInt(3) == 0) {
            event.setKey("k" + RANDOM.nextInt(5));
        }
        if (RANDOM.nextInt(3) == 0) {
            event.putAttributes("color", RANDOM.nextBoolean() ? "red" : "blue");
            event.putAttributes("n", Integer.toString(RANDOM.nextInt(3)));
        }
        if (RANDOM.nextInt(500) == 0) {
            event.setData(ByteString.copyFrom(new byte[RANDOM.nextInt(20_000)]));
        }
        return event.build();
    }

    private static EventFilter randomFilter() {
        List<String> prefixes =
                List.of("A", "A.X", "A2", "A2.Q7", "B", "B.C", "B.C.D1", "RARE", "RARE.997", "LONELY", "NONE");
        return new EventFilter(
                somePrefixes(prefixes, RANDOM.nextInt(3)),
                somePrefixes(prefixes, RANDOM.nextInt(4) == 0 ? 2 : 0),
                RANDOM.nextInt(4) == 0 ? Set.of("k1", "k2") : Set.of(),
                RANDOM.nextInt(4) == 0 ? Map.of("color", "red", "n", "1") : Map.of());
    }

    private static List<TagPrefix> somePrefixes(List<String> from, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new TagPrefix(from.get(RANDOM.nextInt(from.size()))))
                .distinct()
                .toList();
    }

    @AfterAll
    static void closeLogs() {
        big.close();
        small.close();
    }

    @AfterEach
    void close() {
        sql.close();
    }

    @Test
    void R2_pagesForward_areExactlyWhatMatches() {
        for (int round = 0; round < ROUNDS; round++) {
            EventFilter filter = round == 0 ? EventFilter.ALL : randomFilter();
            EventLog log = RANDOM.nextInt(4) == 0 ? big.log() : small.log();
            long start = RANDOM.nextInt(3) == 0 ? INDEXED - RANDOM.nextInt(2_000) : RANDOM.nextInt(EVENTS);
            long stop = RANDOM.nextInt(10) == 0 ? EVENTS : start + 8_000;
            readForward(log, filter, start, stop, true);
        }
    }

    @Test
    void R2_pagesForwardFromTheBeginning_reachTheHead() {
        for (String prefix : List.of("LONELY", "NONE", "RARE", "B.C.D1")) {
            EventFilter filter = new EventFilter(List.of(new TagPrefix(prefix)), List.of(), Set.of(), Map.of());
            readForward(small.log(), filter, 0, EVENTS, false);
        }
    }

    private static void readForward(EventLog log, EventFilter filter, long start, long stop, boolean varied) {
        Reader reader = log.reader(filter);
        LogPoint at = await(log.point(start));
        while (at.position() < Math.min(stop, EVENTS)) {
            int eventsMax = varied && RANDOM.nextBoolean() ? 1 + RANDOM.nextInt(300) : 1_000;
            long bytesMax = !varied || RANDOM.nextBoolean() ? 4 << 20 : 100 + RANDOM.nextInt(10_000);
            Page page = await(reader.after(at, eventsMax, bytesMax));

            String what = filter + " after " + at + " events " + eventsMax + " bytes " + bytesMax;
            assertThat(page.end().position()).as(what).isGreaterThan(at.position());
            assertThat(page.events()).as(what).hasSizeLessThanOrEqualTo(eventsMax);
            assertPage(
                    what,
                    page.events(),
                    expected(filter, at.position(), page.end().position()));
            long beforeLast = page.events().stream()
                    .limit(Math.max(0, page.events().size() - 1))
                    .mapToLong(e -> e.bodyBytes() + 100)
                    .sum();
            assertThat(beforeLast).as(what).isLessThanOrEqualTo(bytesMax);
            assertThat(await(log.verify(page.end()))).as(what).isEqualTo(page.end());
            at = page.end();
        }
    }

    @Test
    void R2_pagesBackward_areExactlyWhatMatches() {
        for (int round = 0; round < ROUNDS; round++) {
            EventFilter filter = round == 0 ? EventFilter.ALL : randomFilter();
            EventLog log = RANDOM.nextBoolean() ? big.log() : small.log();
            long before = RANDOM.nextInt(3) == 0 ? INDEXED + RANDOM.nextInt(2_000) : 1 + RANDOM.nextInt(EVENTS + 1);
            long stop = RANDOM.nextInt(10) == 0 ? 1 : Math.max(1, before - 8_000);
            while (before > stop) {
                int eventsMax = 1 + RANDOM.nextInt(1_000);
                Page page = await(log.before(before, filter, eventsMax));

                String what = filter + " before " + before + " events " + eventsMax;
                assertThat(page.end().position()).as(what).isLessThan(before);
                assertThat(page.events()).as(what).hasSizeLessThanOrEqualTo(eventsMax);
                List<Written> expected = expected(filter, page.end().position() - 1, before - 1);
                Collections.reverse(expected);
                assertPage(what, page.events(), expected);
                before = page.end().position();
            }
        }
    }

    private static List<Written> expected(EventFilter filter, long after, long through) {
        return TRUTH.subList((int) after, (int) through).stream()
                .filter(written -> written.matches(filter))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static void assertPage(String what, List<LogEvent> actual, List<Written> expected) {
        assertThat(actual.stream()
                        .map(e -> e.position() + " " + e.tag() + " " + e.id())
                        .toList())
                .as(what)
                .isEqualTo(expected.stream()
                        .map(w -> w.position() + " " + w.tag() + " " + w.id())
                        .toList());
    }

    @Test
    void backwardPage_isBoundedInBytes_whenTheTagIsRare() {
        PgConnectOptions database = TestPostgres.freshDatabase();
        try (TestNode log = TestNode.open(database, Map.of())) {
            String text = "x".repeat(200_000);
            for (int i = 0; i < 60; i++) {
                log.put(event("big" + i, "BIG", "\"" + i + text + "\""));
            }
            log.fill(66_000, "FILL");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> await(log.log().info()).indexed() == 65_536);
            EventFilter filter = new EventFilter(List.of(new TagPrefix("BIG")), List.of(), Set.of(), Map.of());

            List<Long> positions = new ArrayList<>();
            for (long before = 65_537; before > 1; ) {
                Page page = await(log.log().before(before, filter, 1_000));
                assertThat(page.events().stream().mapToLong(e -> e.bodyBytes()).sum())
                        .isLessThan(4 << 20);
                page.events().forEach(e -> positions.add(e.position()));
                before = page.end().position();
            }

            assertThat(positions).hasSize(60).doesNotHaveDuplicates().isSortedAccordingTo(Collections.reverseOrder());
        }
    }

    @Test
    void count_isThatOfTheOracle() {
        for (int round = 0; round < ROUNDS; round++) {
            EventFilter any = randomFilter();
            EventFilter filter = new EventFilter(any.include(), any.exclude(), Set.of(), Map.of());
            long after = RANDOM.nextInt(EVENTS);
            long through = after + RANDOM.nextInt((int) (EVENTS - after + 1));

            assertThat(await(small.log().count(after, through, filter)))
                    .as("%s from %s to %s", filter, after, through)
                    .isEqualTo(expected(filter, after, through).size());
        }
    }

    @Test
    void tagCounts_areThoseOfTheOracle() {
        Map<String, TagCount> expected = new HashMap<>();
        TRUTH.forEach(w -> expected.merge(
                w.tag(),
                new TagCount(w.tag(), 1, w.position()),
                (a, b) -> new TagCount(a.tag(), a.events() + 1, b.lastPosition())));

        assertThat(await(big.log().tagCounts())).containsExactlyInAnyOrderElementsOf(expected.values());
    }

    @Test
    void tagCounts_missNothing_whileTheIndexMovesOn() {
        PgConnectOptions database = TestPostgres.freshDatabase();
        try (TestNode log = TestNode.open(database, Map.of())) {
            log.fill(270_000, "A", "B");
            Set<Long> sums = new HashSet<>();
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        sums.add(await(log.log().tagCounts()).stream()
                                .mapToLong(TagCount::events)
                                .sum());
                        return await(log.log().info()).indexed() == 262_144;
                    });
            assertThat(sums).containsExactly(270_000L);
        }
    }

    @Test
    void byIdAndByPosition_findWhatIsThere() {
        for (int round = 0; round < 60; round++) {
            Written w = TRUTH.get(round == 0 ? EVENTS - 1 : RANDOM.nextInt(EVENTS));
            assertThat(await(small.log().byId(w.id())).orElseThrow().position()).isEqualTo(w.position());
            assertThat(await(small.log().byPosition(w.position())).orElseThrow().id())
                    .isEqualTo(w.id());
        }
        assertThat(await(small.log().byId("nobody"))).isEmpty();
        assertThat(await(small.log().byPosition(EVENTS + 1))).isEmpty();
    }

    @Test
    void R8_pointBeyondTheHead_isAhead() {
        assertThat(await(small.log().point(EVENTS)).position()).isEqualTo(EVENTS);
        assertRefused(() -> await(small.log().point(EVENTS + 1)), Reason.CURSOR_AHEAD);
        assertRefused(() -> await(small.log().verify(new LogPoint(1L << 60, 7))), Reason.CURSOR_AHEAD);
    }

    @Test
    void R8_pointOfAnotherHistory_isForeign() {
        PgConnectOptions database = TestPostgres.freshDatabase();
        LongFunction<String> id = i -> "e" + i;
        List<LogPoint> points = new ArrayList<>();
        try (TestNode log = TestNode.open(database, Map.of())) {
            for (int i = 1; i <= 4; i++) {
                points.add(log.append(event(id.apply(i), "T", "{}")).point());
            }
            points.forEach(point -> assertThat(await(log.log().verify(point))).isEqualTo(point));
        }
        sql.execute(database, "update eventsync.event set id = 'restored' where pos in (2, 4)");

        try (TestNode log = TestNode.open(database, Map.of())) {
            assertRefused(() -> await(log.log().verify(points.get(1))), Reason.CURSOR_FOREIGN);
            assertRefused(() -> await(log.log().verify(points.get(3))), Reason.CURSOR_FOREIGN);
            assertThat(await(log.log().verify(points.get(0)))).isEqualTo(points.get(0));
        }
    }

    @Test
    void pointBefore_isTheOneBeforeTheFirstEventOfThatTime() {
        List<Long> times = sql.query(DATABASE, "select at from eventsync.event order by pos").stream()
                .map(Long::valueOf)
                .toList();
        for (int round = 0; round < ROUNDS; round++) {
            long micros = times.get(RANDOM.nextInt(EVENTS)) + RANDOM.nextInt(3) - 1;
            long expected = times.stream().filter(at -> at < micros).count();

            assertThat(await(small.log().pointBefore(micros)).position()).isEqualTo(expected);
        }
        assertThat(await(small.log().pointBefore(0)).position()).isZero();
        assertThat(await(small.log().pointBefore(Long.MAX_VALUE / 2)).position())
                .isEqualTo(EVENTS);
    }

    @Test
    void view_showsEveryField() {
        PgConnectOptions database = TestPostgres.freshDatabase();
        Event event = Event.newBuilder()
                .setKey("ключ")
                .setMessage("a message 🙂")
                .setJson("{\"a\": 1.0}")
                .setContentType("application/json")
                .putAttributes("one", "1")
                .putAttributes("two", "")
                .setEventTime(Timestamp.newBuilder().setSeconds(-1).setNanos(123_456_789))
                .setTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .build();
        Event binary =
                Event.newBuilder().setData(ByteString.copyFrom(new byte[300])).build();
        try (TestNode log = TestNode.open(database, Map.of())) {
            log.put(
                    new NewEvent("1", true, "A.B", event.toByteArray()),
                    new NewEvent("2", true, "A.B", binary.toByteArray()),
                    new NewEvent("3", true, "A.B", new byte[0]));
        }

        assertThat(sql.query(database, """
                select concat_ws('|', position, tag, id, key, message, "json", content_type, attributes,
                  event_time at time zone 'UTC', traceparent)
                from eventsync.events where position = 1
                """))
                .containsExactly(
                        "1|A.B|1|ключ|a message 🙂|{\"a\": 1.0}|application/json|{\"one\": \"1\", \"two\": \"\"}"
                                + "|1969-12-31 23:59:59.123456|00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assertThat(sql.query(database, "select length(data) from eventsync.events where position = 2"))
                .containsExactly("300");
        assertThat(sql.query(database, """
                select count(*) from eventsync.events where position = 3 and key is null and message is null
                  and "json" is null and data is null and attributes = '{}' and event_time is null
                """)).containsExactly("1");
    }
}
