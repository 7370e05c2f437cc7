package io.eventsync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsync.client.EventSyncException.FieldError;
import io.eventsync.server.TestServer;
import io.eventsync.v1.Event;
import io.eventsync.v1.Reason;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Publishing to a server. */
@Timeout(60)
class PublisherIT {
    private TestServer server;
    private EventSyncClient client;

    @BeforeEach
    void start() {
        server = TestServer.start();
        client = EventSyncClient.connect("127.0.0.1:" + server.port());
    }

    @AfterEach
    void stop() {
        done(client.close());
        server.close();
    }

    @Test
    void publish_answersIdAndPosition() {
        Published first = await(client.publish(event("first").build()));
        Published made = await(client.publish(event("").build()));

        assertThat(first.id()).isEqualTo("first");
        assertThat(first.position()).isEqualTo(1);
        assertThat(first.deduplicated()).isFalse();
        assertThat(made.id()).matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(made.position()).isEqualTo(2);
        assertThat(stored()).containsExactly("first", made.id());
    }

    @Test
    void publish_answersTheFirstPosition_ofWhatTheLogHas() {
        done(client.publish(event("a").build()));
        List<Published> batch = await(Future.all(List.of(
                        client.publish(event("b").build()),
                        client.publish(event("a").build()),
                        client.publish(event("c").build()),
                        client.publish(event("c").build()))))
                .list();

        assertThat(batch).extracting(Published::position).containsExactly(2L, 1L, 3L, 3L);
        assertThat(batch).extracting(Published::deduplicated).containsExactly(false, true, false, true);
        assertThat(stored()).containsExactly("a", "b", "c");
    }

    @Test
    void eachEventHasItsOwnPosition_whateverTheBatches() {
        for (int inFlight : new int[] {1, 16}) {
            Publisher publisher = client.publisher(PublisherOptions.defaults()
                    .append(7, 1 << 20)
                    .appendsInFlight(inFlight)
                    .buffer(5_000, 32 << 20));
            List<Future<Published>> answers = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                answers.add(publisher.publish(event(inFlight + "-" + i).build()));
            }

            List<Published> published = await(Future.all(answers)).list();

            assertThat(published)
                    .allSatisfy(one -> assertThat(at(one.position())).isEqualTo(one.id()));
            assertThat(published).extracting(Published::position).isSorted().doesNotHaveDuplicates();
            done(publisher.close());
        }
    }

    @Test
    void badEventFailsAlone_inTheMiddleOfABatch() {
        done(client.publish(event("taken").setMessage("first").build()));
        List<Future<Published>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Event.Builder event = event("e" + i);
            if (i == 5) {
                event.setTraceparent("nonsense");
            } else if (i == 9) {
                event.setJson("{");
            } else if (i == 13) {
                event.setId("taken").setMessage("second");
            }
            answers.add(client.publish(event.build()));
        }
        done(Future.join(answers).transform(any -> Future.succeededFuture()));

        assertThat(failure(answers.get(5)).fields())
                .extracting(FieldError::field)
                .containsExactly("event.traceparent");
        assertThat(failure(answers.get(9)).fields())
                .extracting(FieldError::field)
                .containsExactly("event.json");
        assertThat(failure(answers.get(9)).reason()).isEqualTo(Reason.REASON_FIELD_INVALID);
        assertThat(failure(answers.get(13)).reason()).isEqualTo(Reason.REASON_EVENT_ID_REUSED);
        assertThat(failure(answers.get(13)).metadata()).containsEntry("position", "1");
        assertThat(answers).filteredOn(Future::succeeded).hasSize(17);
        assertThat(stored()).hasSize(18).doesNotContain("e5", "e9", "e13");
        assertThat(stored().subList(1, 18)).isSortedAccordingTo((x, y) -> Integer.compare(number(x), number(y)));
    }

    @Test
    void guiltyEventIsFound_whenTheServerDoesNotNameIt() {
        try (TestServer small = TestServer.start(Map.of("log-tags-max", "4"))) {
            EventSyncClient other = EventSyncClient.connect("127.0.0.1:" + small.port());
            List<Future<Published>> answers = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                answers.add(other.publish(
                        event("e" + i).setTag(i % 10 == 9 ? "NEW" + i : "T").build()));
            }
            done(Future.join(answers).transform(any -> Future.succeededFuture()));

            assertThat(answers).filteredOn(Future::succeeded).hasSizeGreaterThanOrEqualTo(27);
            done(other.close());
        }
    }

    @Test
    void publish_failsAtOnce_whenTheBufferIsFull() {
        Publisher publisher = client.publisher(
                PublisherOptions.defaults().buffer(10, 32 << 20).linger(Duration.ofSeconds(5)));
        List<Future<Published>> taken = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            taken.add(publisher.publish(event("e" + i).build()));
        }
        assertThat(publisher.isFull()).isTrue();

        Future<Published> refused = publisher.publish(event("e10").build());

        assertThat(failure(refused)).isInstanceOf(BufferFullException.class);
        assertThat(failure(refused).isRetryable()).isTrue();
        Future<Void> drained = publisher.drained();
        done(publisher.flush());
        done(drained);
        assertThat(publisher.isFull()).isFalse();
        assertThat(taken).allMatch(Future::succeeded);
        assertThat(stored()).hasSize(10).doesNotContain("e10");
    }

    @Test
    void close_losesNothing() {
        Publisher publisher = client.publisher(PublisherOptions.defaults().linger(Duration.ofSeconds(10)));
        List<Future<Published>> answers = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            answers.add(publisher.publish(event("e" + i).build()));
        }

        done(publisher.close());

        assertThat(answers).allMatch(Future::succeeded);
        assertThat(stored()).hasSize(2_500);
        assertThat(failure(publisher.publish(event("late").build())).getMessage())
                .contains("the publisher is closed");
    }

    private Event.Builder event(String id) {
        return Event.newBuilder().setId(id).setTag("ORDER.PAID");
    }

    private List<String> stored() {
        return server.query("select id from eventsync.events order by position");
    }

    private Map<Long, String> places = Map.of();

    private String at(long position) {
        if (!places.containsKey(position)) {
            places = new java.util.HashMap<>();
            server.query("select position || ' ' || id from eventsync.events")
                    .forEach(row -> places.put(
                            Long.valueOf(row.substring(0, row.indexOf(' '))), row.substring(row.indexOf(' ') + 1)));
        }
        return places.getOrDefault(position, "nothing");
    }

    private static int number(String id) {
        return Integer.parseInt(id.substring(1));
    }

    private static EventSyncException failure(Future<?> call) {
        return catchThrowableOfType(EventSyncException.class, () -> await(call));
    }

    private static void done(Future<?> future) {
        assertThat(await(future.map(true))).isTrue();
    }

    private static <T> T await(Future<T> future) {
        return TestServer.await(future);
    }
}
