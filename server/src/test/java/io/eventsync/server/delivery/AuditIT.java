package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.eventsync.server.TestServer;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Attempt;
import io.eventsync.v1.ExpiredPolicy;
import io.eventsync.v1.ExponentialBackoff;
import io.eventsync.v1.RetryPolicy;
import io.eventsync.v1.WatchAttemptsRequest;
import io.eventsync.v1.WatchAttemptsResponse;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What is on record outlives nodes and clocks, and goes by whole days. */
class AuditIT {
    private static final int DELAY_MILLIS = 3_000;
    private static final String OLD_DAY = """
            create table eventsync.attempt_20200101 partition of eventsync.attempt
              for values from ('2020-01-01 00:00:00+00') to ('2020-01-02 00:00:00+00');
            create table eventsync.attempt_close_20200101 partition of eventsync.attempt_close
              for values from ('2020-01-01 00:00:00+00') to ('2020-01-02 00:00:00+00');
            insert into eventsync.attempt_day (day) values ('2020-01-01')
            """;

    @Test
    void w4_retryIsDueWhenItWas_afterARestartAndAClockThatJumpedAnHour() {
        try (TestServer first = TestServer.start();
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(first, receiver);
            receiver.answer(
                    "/due", request -> request.header("eventsync-attempt").equals("1") ? 500 : 200);
            endpoints.create(
                    "due",
                    e -> e.setRetryPolicy(RetryPolicy.newBuilder()
                            .setExponential(ExponentialBackoff.newBuilder()
                                    .setInitialDelay(TestEndpoints.millis(DELAY_MILLIS)))));
            endpoints.ingest("due", 1);
            await().until(() -> endpoints.status("due").getRetrying() == 1);

            first.stop();
            try (TestServer second = first.another(Duration.ofHours(1))) {
                TestEndpoints there = new TestEndpoints(second, receiver);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> there.attempts("due").size() == 2);

                List<Attempt> attempts = there.attempts("due");
                long ended = Timestamps.toMillis(attempts.get(1).getStartTime())
                        + Durations.toMillis(attempts.get(1).getLatency());
                assertThat(Timestamps.toMillis(attempts.get(0).getStartTime()) - ended)
                        .isBetween((long) DELAY_MILLIS - 1, DELAY_MILLIS + 10_000L);
            }
        }
    }

    @Test
    void oldDays_areDroppedWhole() {
        try (TestServer first = TestServer.start()) {
            first.execute(OLD_DAY);
            String days = "select count(*) from eventsync.attempt_day where day < now() - interval '30 days'";

            try (TestServer second = first.another()) {
                // A minute after a round that was in somebody's way.
                await().atMost(Duration.ofMinutes(2))
                        .untilAsserted(() -> assertThat(second.query(days)).containsExactly("0"));
                assertThat(second.query("select count(*) from pg_class where relname like 'attempt%20200101'"))
                        .containsExactly("0");
            }
        }
    }

    @Test
    void days_comeAndNodesStart_besideATransactionThatReadsTheAudit() {
        try (TestServer server = TestServer.start()) {
            server.execute("""
                    do $$ declare d text; begin
                      delete from eventsync.attempt_day where day = (select max(day) from eventsync.attempt_day)
                        returning to_char(day, 'YYYYMMDD') into d;
                      execute format('drop table eventsync.attempt_%s, eventsync.attempt_close_%s', d, d);
                    end $$;
                    """);
            server.execute(OLD_DAY);
            try (TestSql sql = new TestSql()) {
                PgConnection dump = sql.connect(server.database());
                TestSql.done(dump.query("begin; select count(*) from eventsync.attempt")
                        .execute());

                server.execute("set lock_timeout = '1s'; select eventsync.ensure_attempt_days()");
                server.another().close();
                TestSql.done(dump.close());
            }

            assertThat(server.query("""
                    select count(*) || ' ' || count(distinct (c.reloptions, (select count(*) from pg_index x where x.indrelid = c.oid)))
                    from pg_inherits i join pg_class c on c.oid = i.inhrelid
                    where i.inhparent = 'eventsync.attempt'::regclass and c.relname <> 'attempt_20200101'
                    """)).as("four days, all made the same").containsExactly("4 1");
        }
    }

    /** An attempt goes with the day on which it began, and its place in the order of closing with the day on which it ended. */
    @Test
    void watch_goesOn_pastAttemptsThatWentBeforeTheirPlaces() {
        try (TestServer server = TestServer.start();
                TestReceiver receiver = new TestReceiver()) {
            server.execute("""
                    insert into eventsync.attempt_close (closed_at, closed_no, at, attempt_id)
                    select clock_timestamp(), nextval('eventsync.attempt_closed'), '2020-01-01', gen_random_uuid() from generate_series(1, 1100)
                    """);
            server.execute("delete from eventsync.attempt_close where closed_no <= 50");
            TestEndpoints endpoints = new TestEndpoints(server, receiver);
            endpoints.create("after");
            endpoints.ingest("after", 1);
            String expired = new AttemptCursors(UUID.fromString(
                            server.query("select log_id from eventsync.log").get(0)))
                    .encode(10);

            List<WatchAttemptsResponse> whole =
                    watch(server, WatchAttemptsRequest.newBuilder().setAnchor(Anchor.ANCHOR_BEGINNING));
            List<WatchAttemptsResponse> late = watch(
                    server,
                    WatchAttemptsRequest.newBuilder()
                            .setCursor(expired)
                            .setOnExpired(ExpiredPolicy.EXPIRED_POLICY_SKIP_TO_EARLIEST));

            for (List<WatchAttemptsResponse> frames : List.of(whole, late)) {
                await().until(() -> frames.stream().anyMatch(WatchAttemptsResponse::hasBatch));
                assertThat(frames.stream().flatMap(frame -> frame.getBatch().getAttemptsList().stream()))
                        .extracting(Attempt::getEndpoint)
                        .containsExactly("after");
            }
            assertThat(late.stream().filter(WatchAttemptsResponse::hasGap))
                    .singleElement()
                    .satisfies(frame -> assertThat(
                                    Timestamps.toMillis(frame.getGap().getEarliestTime()))
                            .isGreaterThan(Timestamps.toMillis(Timestamps.fromSeconds(1_600_000_000))));
        }
    }

    private static List<WatchAttemptsResponse> watch(TestServer server, WatchAttemptsRequest.Builder request) {
        List<WatchAttemptsResponse> frames = new CopyOnWriteArrayList<>();
        Object unused = TestServer.await(
                server.deliveries().watchAttempts(request.build()).map(stream -> stream.handler(frames::add)));
        return frames;
    }
}
