package io.eventsync.server.delivery;

import static io.eventsync.server.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.eventsync.server.TestServer;
import io.eventsync.v1.AttemptError;
import io.eventsync.v1.DeadLetter;
import io.eventsync.v1.DeadLetterFilter;
import io.eventsync.v1.DeadLetterGroup;
import io.eventsync.v1.DeadLetterReason;
import io.eventsync.v1.GetReplayRequest;
import io.eventsync.v1.ListDeadLettersRequest;
import io.eventsync.v1.Replay;
import io.eventsync.v1.ReplayDeadLettersRequest;
import io.eventsync.v1.ReplayState;
import io.eventsync.v1.SummarizeDeadLettersRequest;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeadLetterIT {
    private final TestServer server = TestServer.start();
    private final TestReceiver receiver = new TestReceiver();
    private final TestEndpoints endpoints = new TestEndpoints(server, receiver);

    @AfterAll
    void close() {
        server.close();
        receiver.close();
    }

    private List<DeadLetter> letters(String endpoint) {
        return await(server.deliveries()
                        .listDeadLetters(ListDeadLettersRequest.newBuilder()
                                .setFilter(DeadLetterFilter.newBuilder().setEndpoint(endpoint))
                                .setIncludeEvents(true)
                                .build()))
                .getDeadLettersList();
    }

    /** Of the endpoint "dead", by their last error. */
    private List<DeadLetterGroup> groups(AttemptError error) {
        return await(server.deliveries()
                        .summarizeDeadLetters(SummarizeDeadLettersRequest.newBuilder()
                                .setFilter(DeadLetterFilter.newBuilder()
                                        .setEndpoint("dead")
                                        .addLastErrors(error))
                                .build()))
                .getGroupsList();
    }

    private ReplayDeadLettersRequest.Builder replay(String endpoint) {
        return ReplayDeadLettersRequest.newBuilder()
                .setFilter(DeadLetterFilter.newBuilder().setEndpoint(endpoint));
    }

    private Replay get(String id) {
        return await(server.deliveries()
                        .getReplay(GetReplayRequest.newBuilder().setReplayId(id).build()))
                .getReplay();
    }

    @Test
    void exhaustedDelivery_isKeptWithItsEvent_andAReplayDeliversIt() {
        endpoints.create("dead", e -> e.setRetryPolicy(TestEndpoints.quick(2)));
        receiver.answer("/dead", request -> 500);
        endpoints.ingest("dead", 3);
        await().until(() -> letters("dead").size() == 3);
        DeadLetter letter = letters("dead").get(0);
        assertThat(letter.getReason()).isEqualTo(DeadLetterReason.DEAD_LETTER_REASON_EXHAUSTED);
        assertThat(letter.getAttempts()).isEqualTo(2);
        assertThat(letter.getLastStatusCode()).isEqualTo(500);
        assertThat(letter.getEvent().getId()).isEqualTo(letter.getEventId());

        DeadLetterGroup group = groups(letter.getLastError()).get(0);
        assertThat(group.getEndpoint()).isEqualTo("dead");
        assertThat(group.getEvents()).isEqualTo(3);
        assertThat(group.getLastStatusCode()).isEqualTo(500);
        assertThat(group.getLastTime()).isEqualTo(letter.getCreateTime());
        assertThat(groups(AttemptError.ATTEMPT_ERROR_TIMEOUT)).isEmpty();

        receiver.answer("/dead", request -> 200);
        assertThat(await(server.deliveries()
                                .replayDeadLetters(
                                        replay("dead").setDryRun(true).build()))
                        .getMatchedEvents())
                .isEqualTo(3);
        String id = await(server.deliveries().replayDeadLetters(replay("dead").build()))
                .getReplay()
                .getReplayId();

        await().until(() -> get(id).getState() == ReplayState.REPLAY_STATE_DONE);
        assertThat(get(id).getDeliveredEvents()).isEqualTo(3);
        assertThat(get(id).getDroppedEvents()).isZero();
        assertThat(endpoints.received("dead")).hasSize(9);
        assertThat(endpoints.received("dead").get(8).header("eventsync-replay")).isEqualTo(id);
        assertThat(endpoints.received("dead").get(8).header("eventsync-attempt"))
                .isEqualTo("3");
        assertThat(letters("dead")).isEmpty();
    }

    @Test
    void replay_keepsToItsRate_andOutlivesTheServer() {
        endpoints.create("slow", e -> e.setRetryPolicy(TestEndpoints.quick(1)));
        receiver.answer("/slow", request -> 500);
        endpoints.ingest("slow", 6);
        await().until(() -> letters("slow").size() == 6);

        receiver.answer("/slow", request -> 200);
        Object unused = await(server.deliveries()
                .replayDeadLetters(
                        replay("slow").setPerSecond(2).setReplayId("by-two").build()));

        await().until(() -> get("by-two").getDeliveredEvents() > 0);
        assertThat(get("by-two").getState()).isEqualTo(ReplayState.REPLAY_STATE_RUNNING);
        try (TestServer other = server.another()) {
            await().until(() -> get("by-two").getState() == ReplayState.REPLAY_STATE_DONE);
            assertThat(other.port()).isPositive();
        }
        Replay done = get("by-two");
        long millis = Durations.toMillis(Timestamps.between(done.getCreateTime(), done.getEndTime()));
        assertThat(millis).isGreaterThanOrEqualTo(2_000);
        assertThat(done.getDeliveredEvents()).isEqualTo(6);
    }

    @Test
    void refusedForGood_isNotTriedAgain() {
        endpoints.create("refused");
        receiver.answerBy(
                "/refused",
                (request, one) -> request.response()
                        .setStatusCode(400)
                        .putHeader("eventsync-no-retry", "true")
                        .end());
        endpoints.ingest("refused", 1);

        await().until(() -> letters("refused").size() == 1);
        assertThat(letters("refused").get(0).getReason()).isEqualTo(DeadLetterReason.DEAD_LETTER_REASON_REFUSED);
        assertThat(endpoints.received("refused")).hasSize(1);
    }
}
