package io.eventsync.client.internal.publish;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import io.eventsync.client.BufferFullException;
import io.eventsync.client.EventSyncException;
import io.eventsync.client.EventSyncException.FieldError;
import io.eventsync.client.Published;
import io.eventsync.client.PublisherOptions;
import io.eventsync.client.internal.publish.FakeWire.FakeStream;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestStreamRequest;
import io.eventsync.v1.IngestStreamResponse;
import io.eventsync.v1.Reason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A publisher against a server that does what the test says. */
@Timeout(30)
class ProducerSessionTest {
    private static final PublisherOptions OPTIONS = PublisherOptions.defaults();
    private static final Duration LONG = Duration.ofSeconds(5);

    private final Vertx vertx = Vertx.vertx();
    private final FakeWire wire = new FakeWire();

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void eventsTravelTogether_whileAnAppendIsUnderWay() {
        Promise<Void> allGiven = Promise.promise();
        wire.server =
                (stream, append) -> allGiven.future().onSuccess(given -> stream.later(() -> stream.store(append)));
        List<Future<Published>> answers = publish(open(OPTIONS), 100);
        allGiven.complete();

        assertThat(all(answers)).extracting(Published::position).containsExactlyElementsOf(numbers(100));
        assertThat(appends()).hasSizeBetween(1, 2);
        assertThat(wire.asked).hasValue(0);
    }

    @Test
    void appendsAreBounded_byEventsAndByBytes() {
        done(publish(open(OPTIONS.append(7, 1 << 20)), 100));
        assertThat(appends()).allMatch(append -> append.getEventsCount() <= 7);

        ProducerSession session = open(OPTIONS.append(1_000, 4 << 10).linger(LONG));
        List<Future<Published>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(session.publish(
                    event("large" + i).setJson('"' + "x".repeat(1_500) + '"').build()));
        }
        await(session.flush());
        done(answers);
        assertThat(wire.streams.get(1).appends).allMatch(append -> append.getEventsCount() <= 2);
    }

    @Test
    void eventWaitsForCompany_asLongAsItLingers() {
        ProducerSession session = open(OPTIONS.linger(Duration.ofSeconds(1)));
        Future<Published> first = session.publish(event("first").build());
        await(timer(20));
        Future<Published> second = session.publish(event("second").build());

        done(List.of(first, second));

        assertThat(appends()).hasSize(1);
    }

    @Test
    void creditsAreKept() {
        wire.credits = 3;
        List<Integer> unanswered = new ArrayList<>();
        int[] inFlight = new int[1];
        wire.server = (stream, append) -> {
            unanswered.add(++inFlight[0]);
            vertx.setTimer(5, id -> {
                inFlight[0]--;
                stream.store(append);
            });
        };

        done(publish(open(OPTIONS.append(1, 1 << 20).appendsInFlight(64)), 50));

        assertThat(unanswered).allMatch(count -> count <= 3).contains(3);
    }

    /** One Ack for three appends, between which other producers' events lie. Four appends or five: the first event may go alone. */
    @Test
    void positionsAreAskedFor_whenTheAckDoesNotTellThem() {
        wire.server = (stream, append) -> {
            append.getEventsList().forEach(event -> wire.store(event.getId()));
            wire.store("other" + append.getSequence());
            if (append.getSequence() >= 4) {
                long last =
                        wire.put(append.getEvents(append.getEventsCount() - 1).getId());
                stream.ack(append.getSequence(), last, 0);
            }
        };
        wire.credits = 64;
        ProducerSession session = open(OPTIONS.append(2, 1 << 20).appendsInFlight(64));
        wire.server = firstAnswered(wire.server);

        List<Published> published = all(publish(session, 8));

        assertThat(published).allSatisfy(one -> assertThat(wire.log).containsEntry(one.id(), one.position()));
        assertThat(published).noneMatch(Published::deduplicated);
        assertThat(wire.asked).hasValueGreaterThan(0);
    }

    private FakeWire.Server firstAnswered(FakeWire.Server then) {
        return (stream, append) -> {
            if (append.getSequence() == 1) {
                stream.store(append);
            } else {
                then.append(stream, append);
            }
        };
    }

    /** They are in the log: what refuses the question is not about them. */
    @Test
    void storedEvents_areNotToldRefused_whenTheQuestionIs() {
        wire.store("e1");
        wire.refusals.add(TestFailures.failure(Code.UNAUTHENTICATED, "UNAUTHENTICATED"));
        wire.refusals.add(TestFailures.failure(Code.INTERNAL, ""));

        List<Published> published = all(publishTogether(4));

        assertThat(published).extracting(Published::deduplicated).containsExactly(false, true, false, false);
        assertThat(wire.asked).hasValue(3);
    }

    @Test
    void positionsAreAskedFor_whenSomeEventsWereThere() {
        wire.store("e1");
        wire.store("other");
        List<Published> published = all(publishTogether(4));

        assertThat(published).extracting(Published::position).containsExactly(3L, 1L, 4L, 5L);
        assertThat(published).extracting(Published::deduplicated).containsExactly(false, true, false, false);
        assertThat(wire.asked).hasValue(1);
    }

    @Test
    void unansweredIsSentAgainInOrder_whenTheStreamIsLost() {
        int[] losses = new int[1];
        SplittableRandom random = new SplittableRandom(7);
        wire.server = (stream, append) -> {
            boolean isLost = losses[0] < 50 && random.nextInt(3) == 0;
            if (!isLost) {
                stream.store(append);
                return;
            }
            losses[0]++;
            if (random.nextBoolean()) {
                append.getEventsList().forEach(event -> wire.store(event.getId())); // stored, and nobody was told
            }
            stream.lose(TestFailures.failure(Code.UNAVAILABLE, ""));
        };

        List<Published> published = all(publish(open(OPTIONS.append(3, 1 << 20)), 500));

        assertThat(losses[0]).isEqualTo(50);
        assertThat(published).extracting(Published::position).containsExactlyElementsOf(numbers(500));
        assertThat(wire.log.keySet()).containsExactlyElementsOf(names(500));
    }

    @Test
    void nothingNewIsSent_toAServerThatDrains() {
        wire.credits = 1; // so that nothing else is under way when it says so
        wire.server = (stream, append) -> {
            if (stream == wire.streams.get(0)) {
                stream.say(IngestStreamResponse.newBuilder()
                        .setDraining(IngestStreamResponse.Draining.newBuilder()
                                .setRetryAfter(com.google.protobuf.Duration.newBuilder()
                                        .setNanos(150_000_000))));
                stream.later(() -> stream.store(append));
            } else {
                stream.store(append);
            }
        };
        ProducerSession session = open(OPTIONS.append(1, 1 << 20).appendsInFlight(8));
        long start = System.nanoTime();

        done(publish(session, 5));

        assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(150));
        assertThat(wire.streams).hasSize(2);
        assertThat(wire.streams.get(0).appends).hasSize(1);
        assertThat(wire.streams.get(0).isEnded).isTrue();
    }

    @Test
    void silentServerIsLeft() {
        wire.server = (stream, append) -> {
            if (stream != wire.streams.get(0)) {
                stream.store(append);
            }
        };

        done(publish(open(OPTIONS.answerTimeout(Duration.ofMillis(50))), 3));

        assertThat(wire.streams).hasSize(2);
        assertThat(wire.streams.get(0).isEnded).isTrue();
    }

    @Test
    void eventFailsWithItsId_whenItIsLate() {
        wire.server = (stream, append) -> {};
        ProducerSession session = open(OPTIONS.deliveryTimeout(Duration.ofMillis(80)));

        EventSyncException failure = failure(session.publish(event("").build()));

        assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(failure.reason()).isEqualTo(Reason.REASON_DEADLINE_EXCEEDED);
        assertThat(failure.isRetryable()).isTrue();
        assertThat(failure.metadata().get("id")).isNotBlank();
        await(session.drained());
    }

    @Test
    void guiltyEventFailsAlone_whenItIsNamed() {
        wire.server = (stream, append) -> {
            for (int i = 0; i < append.getEventsCount(); i++) {
                if (append.getEvents(i).getId().equals("e3")) {
                    stream.reject(append.getSequence(), TestFailures.badField("events[" + i + "].message"));
                    return;
                }
            }
            stream.store(append);
        };

        List<Future<Published>> answers = publishTogether(6);

        assertThat(failure(answers.get(3)).fields()).containsExactly(new FieldError("event.message", "is wrong"));
        answers.remove(3);
        assertThat(all(answers)).extracting(Published::id).containsExactly("e0", "e1", "e2", "e4", "e5");
        assertThat(wire.log.keySet()).containsExactly("e0", "e1", "e2", "e4", "e5");
    }

    @Test
    void guiltyEventsFailAlone_whenTheyAreNotNamed() {
        wire.server = (stream, append) -> {
            if (append.getEventsList().stream().anyMatch(event -> event.getId().matches("e(13|57)"))) {
                stream.reject(
                        append.getSequence(),
                        TestFailures.status(Code.PERMISSION_DENIED, "TAG_FORBIDDEN", Map.of("tag_prefix", "T")));
            } else {
                stream.store(append);
            }
        };

        List<Future<Published>> answers = publishTogether(100);

        assertThat(failure(answers.get(57)).reason()).isEqualTo(Reason.REASON_TAG_FORBIDDEN);
        assertThat(failure(answers.get(13)).reason()).isEqualTo(Reason.REASON_TAG_FORBIDDEN);
        answers.remove(57);
        answers.remove(13);
        assertThat(all(answers)).hasSize(98);
        assertThat(List.copyOf(wire.log.keySet()))
                .hasSize(98)
                .isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)));
        assertThat(appends()).hasSizeLessThan(40);
    }

    @Test
    void streamThatEndsForAnAppend_costsItsGuiltyEventOnly() {
        wire.server = (stream, append) -> {
            if (append.getEventsList().stream().anyMatch(event -> event.getId().equals("e5"))) {
                stream.lose(TestFailures.failure(Code.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE"));
            } else {
                stream.store(append);
            }
        };

        List<Future<Published>> answers = publishTogether(10);

        assertThat(failure(answers.remove(5)).reason()).isEqualTo(Reason.REASON_MESSAGE_TOO_LARGE);
        assertThat(all(answers)).hasSize(9);
    }

    @Test
    void orderIsKept_whenTheServerIsBusyForATime() {
        int[] refused = new int[1];
        wire.server = (stream, append) -> {
            if (append.getSequence() % 3 == 0 && refused[0]++ < 10) {
                stream.reject(append.getSequence(), TestFailures.overloaded(5));
            } else {
                stream.store(append);
            }
        };

        done(publish(open(OPTIONS.append(2, 1 << 20)), 200));

        assertThat(refused[0]).isGreaterThanOrEqualTo(10);
        assertThat(wire.log.keySet()).containsExactlyElementsOf(names(200));
    }

    @Test
    void newStreamIsTriedOnce_whenTheTokenExpired() {
        wire.server = (stream, append) -> {
            if (stream == wire.streams.get(0)) {
                stream.lose(TestFailures.failure(Code.UNAUTHENTICATED, "UNAUTHENTICATED"));
            } else {
                stream.store(append);
            }
        };

        assertThat(all(publish(open(OPTIONS), 3))).hasSize(3);
    }

    @Test
    void eventsFail_whenTheServerDoesNotKnowUs() {
        wire.server = (stream, append) -> stream.lose(TestFailures.failure(Code.UNAUTHENTICATED, "UNAUTHENTICATED"));
        ProducerSession session = open(OPTIONS);

        for (Future<Published> answer : publish(session, 3)) {
            assertThat(failure(answer).reason()).isEqualTo(Reason.REASON_UNAUTHENTICATED);
        }

        wire.server = FakeStream::store;
        assertThat(all(publish(session, 3))).hasSize(3);
    }

    @Test
    void allFail_whenTheDiskIsLow() {
        wire.server = (stream, append) ->
                stream.reject(append.getSequence(), TestFailures.status(Code.RESOURCE_EXHAUSTED, "DISK_LOW", Map.of()));

        List<Future<Published>> answers = publishTogether(100);

        assertThat(answers)
                .allSatisfy(answer -> assertThat(failure(answer).reason()).isEqualTo(Reason.REASON_DISK_LOW));
        assertThat(appends()).hasSizeLessThan(5);
    }

    @Test
    void fullBufferRefuses_andSaysWhenItHasDrained() {
        wire.server = (stream, append) -> {};
        ProducerSession session = open(OPTIONS.buffer(4, 32 << 20));
        List<Future<Published>> taken = publish(session, 4);

        assertThat(session.isFull()).isTrue();
        assertThat(failure(session.publish(event("more").build()))).isInstanceOf(BufferFullException.class);
        Future<Void> drained = session.drained();
        assertThat(drained.isComplete()).isFalse();

        Future<Void> closed = session.close();
        await(vertx.close());
        await(closed);
        await(drained);
        assertThat(taken).allMatch(Future::failed);
    }

    @Test
    void bufferIsBoundedByBytes() {
        wire.server = (stream, append) -> {};
        ProducerSession session = open(OPTIONS.payloadBytesMax(1_000).buffer(1_000, 4_000));
        int taken = 0;
        while (!session.publish(event("e" + taken).build()).failed()) {
            taken++;
        }

        assertThat(taken).isBetween(5, 13);
    }

    @Test
    void closeWaits_thenFailsWhatHasNoAnswer() {
        wire.server = (stream, append) -> {
            if (append.getEvents(0).getId().equals("e0")) {
                stream.store(append);
            }
        };
        ProducerSession session = open(OPTIONS.append(1, 1 << 20).closeTimeout(Duration.ofMillis(50)));
        List<Future<Published>> answers = publish(session, 2);

        await(session.close());

        assertThat(answers.get(0).succeeded()).isTrue();
        assertThat(failure(answers.get(1)).code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(failure(session.publish(event("late").build())).code()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(wire.streams.get(0).isEnded).isTrue();
        await(session.close());
    }

    @Test
    void handlerThatThrows_harmsNobodyElse() {
        ProducerSession session = open(OPTIONS.linger(LONG)); // so that the handler is there first
        Promise<Void> thrown = Promise.promise();
        session.publish(event("bad").build()).onComplete(done -> {
            thrown.complete();
            throw new IllegalStateException("of a test");
        });
        await(session.flush());
        await(thrown.future());

        List<Future<Published>> others = publish(session, 5);
        await(session.flush());
        assertThat(all(others)).hasSize(5);
    }

    @Test
    void answerComesOnTheCallersContext() {
        ProducerSession session = open(OPTIONS);
        Context caller = vertx.getOrCreateContext();
        Promise<Context> answered = Promise.promise();
        caller.runOnContext(
                v -> session.publish(event("e").build()).onComplete(done -> answered.complete(Vertx.currentContext())));

        assertThat(await(answered.future())).isSameAs(caller);
    }

    @Test
    void badEventIsNotSent() {
        ProducerSession session = open(OPTIONS);

        assertThat(failure(session.publish(Event.getDefaultInstance())).fields())
                .containsExactly(new FieldError("event.tag", "is required"));
        assertThat(failure(session.publish(event("x").setTag("not a tag").build()))
                        .reason())
                .isEqualTo(Reason.REASON_FIELD_INVALID);
        assertThat(failure(session.publish(event("a\nb").build())).fields())
                .extracting(FieldError::field)
                .containsExactly("event.id");
        assertThat(failure(session.publish(
                                event("x").setJson(" ".repeat((256 << 10) + 1)).build()))
                        .fields())
                .extracting(FieldError::field)
                .containsExactly("event.json");
        assertThat(wire.streams).isEmpty();
    }

    private ProducerSession open(PublisherOptions options) {
        return ProducerSession.open(vertx, wire, options, new Pauses(new SplittableRandom(1)), System::nanoTime);
    }

    private static List<Future<Published>> publish(ProducerSession session, int count) {
        List<Future<Published>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(session.publish(event("e" + i).build()));
        }
        return answers;
    }

    /** In one append, however slow this thread is. */
    private List<Future<Published>> publishTogether(int count) {
        ProducerSession session = open(OPTIONS.linger(LONG));
        List<Future<Published>> answers = publish(session, count);
        await(session.flush());
        return answers;
    }

    private static Event.Builder event(String id) {
        return Event.newBuilder().setId(id).setTag("T");
    }

    private List<IngestStreamRequest> appends() {
        return wire.streams.stream().flatMap(stream -> stream.appends.stream()).toList();
    }

    private static List<Long> numbers(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(Long::valueOf).toList();
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "e" + i).toList();
    }

    private static int number(String id) {
        return Integer.parseInt(id.substring(1));
    }

    private Future<Void> timer(long millis) {
        return vertx.timer(millis, TimeUnit.MILLISECONDS).mapEmpty();
    }

    private static void done(List<Future<Published>> answers) {
        assertThat(all(answers)).hasSameSizeAs(answers);
    }

    private static List<Published> all(List<Future<Published>> answers) {
        return await(Future.all(answers)).list();
    }

    private static EventSyncException failure(Future<?> call) {
        Future<?> settled = await(call.transform(done -> Future.succeededFuture(call)));
        assertThat(settled.cause()).isInstanceOf(EventSyncException.class);
        return (EventSyncException) settled.cause();
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }
}
