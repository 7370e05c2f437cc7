package io.eventsync.server.event;

import static io.eventsync.server.event.TestNode.event;
import static io.eventsync.server.event.TestNodes.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.failure.Reason;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an append promises where it is one transaction with its mark, as it is on a node that is alone. */
@Timeout(60)
class AppendAloneIT {
    /** Whether the last event and a mark are of one transaction. */
    private static final String IS_ONE =
            "select exists (select from eventsync.mark m where m.pos = e.pos and m.xmin = e.xmin) from eventsync.event e order by pos desc limit 1";

    private static final String APPEND_AND_LOOK = """
            begin;
            select eventsync.%s('{1}', '{"%s"}', '{"x"}', '{}', '{"%s"}', 0);
            create table seen as select current_setting('synchronous_commit') as setting;
            commit;
            """;

    private final TestNodes test = new TestNodes();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void R1_appendAndMarkAreOneTransaction_untilAnotherNodeComes() {
        TestNode first = test.node();
        awaitOne(first, true);

        TestNode second = test.node();
        awaitOne(first, false);
        Appended other = second.append(event("of the second", "T", "{}"));

        assertThat(test.stored(IS_ONE)).containsExactly("false");
        assertThat(first.append(event("of the first", "T", "{}")).position()).isEqualTo(other.position() + 1);
    }

    /** The connection's own, which append puts off because the mark behind it flushes for both. */
    @Test
    void R1_appendWithItsMark_commitsSynchronously() {
        test.node().put(event("first", "T", "{}"));

        test.execute("set synchronous_commit = remote_write; " + APPEND_AND_LOOK.formatted("append", "a", "a"));
        assertThat(test.stored("select setting from seen")).containsExactly("off");
        test.execute("drop table seen");
        test.execute("set synchronous_commit = on; " + APPEND_AND_LOOK.formatted("append_durably", "b", "b"));

        assertThat(test.stored("select setting from seen")).containsExactly("on");
        assertThat(test.stored("select max(pos) from eventsync.mark")).containsExactly("3");
    }

    @Test
    void R1_idOfAnAppendWithoutItsMark_isAcknowledgedOnceItHasOne() {
        TestNode node = test.node();
        awaitOne(node, true);
        long behind = appendWithoutMark("orphan");
        assertThat(test.stored("select max(pos) from eventsync.mark")).containsExactly("" + (behind - 1));

        Appended again = node.append(new NewEvent("orphan", true, "T", new byte[0]));

        assertThat(again.deduplicated()).isTrue();
        assertThat(again.position()).isEqualTo(behind);
        assertThat(test.stored("select max(pos) from eventsync.mark")).containsExactly("" + behind);
        await().until(() -> node.log().head().position() == behind);
        test.execute("set synchronous_commit = on; " + APPEND_AND_LOOK.formatted("append_durably", "orphan", "orphan"));
        assertThat(test.stored("select setting from seen")).containsExactly("on");
    }

    @Test
    void R5_idIsFound_andTheOthersOfItsBatchAreStored() {
        TestNode node = test.node();
        awaitOne(node, true);
        long first = appendWithoutMark("one");

        assertRefused(() -> node.append(event("one", "T", "[]")), Reason.EVENT_ID_REUSED);
        List<Appended> mixed =
                node.append(List.of(event("two", "T", "{}"), new NewEvent("one", true, "T", new byte[0])));

        assertThat(mixed).extracting(Appended::position).containsExactly(first + 1, first);
        assertThat(test.stored(IS_ONE)).containsExactly("true");
        assertThat(test.stored("select count(*) - count(distinct id) from eventsync.event"))
                .containsExactly("0");
    }

    /** Its rows and its mark are there together or not at all, and so are those of a retry. */
    @Test
    void R5_retryMakesOneEvent_whenItsConnectionBreaksInTheMiddle() {
        TestNode node = test.node();
        awaitOne(node, true);
        String count = "select count(*) from eventsync.event where id = 'lost'";
        Future<List<Appended>> lost;
        try (AppendLock lock = test.holdAppends()) {
            lost = node.log().append(List.of(event("lost", "T", "{}")));
            lock.awaitWaiting(1);
            test.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and application_name = 'eventsync-append'");
            await().until(lost::isComplete);
        }
        assertThat(lost.failed()).isTrue();
        assertThat(test.stored(count)).containsExactly("0");

        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            node.put(event("lost", "T", "{}"));
            return true;
        });

        assertThat(test.stored(count)).containsExactly("1");
        assertThat(test.stored("select max(m.pos) = max(e.pos) from eventsync.mark m, eventsync.event e"))
                .containsExactly("true");
    }

    /** As it is when Postgres ends a connection between the two: an empty event. Answers its position. */
    private long appendWithoutMark(String id) {
        test.execute("select eventsync.append('{1}', '{%1$s}', '{\"\"}', '{}', '{%1$s}', 0)".formatted(id));
        return Long.parseLong(
                test.stored("select max(pos) from eventsync.event").get(0));
    }

    private void awaitOne(TestNode node, boolean isOne) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            node.fill(1, "T");
            return test.stored(IS_ONE).equals(List.of(String.valueOf(isOne)));
        });
    }
}
