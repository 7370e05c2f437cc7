package io.eventsync.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.client.CursorException;
import io.eventsync.client.EventSyncException.ServerError;
import io.eventsync.loadtest.history.HistoryRecorder;
import io.eventsync.loadtest.history.ReaderFilter;
import io.eventsync.loadtest.history.ReaderRecorder;
import io.eventsync.loadtest.webhook.HookVerdict;
import io.eventsync.v1.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChaosJudgeTest {

    private final HistoryRecorder recorder = new HistoryRecorder();
    private final ChaosJudge judge = new ChaosJudge(recorder);

    @Test
    void nothing_isFound_whenTheLogHoldsWhatWasSaid() {
        write(1, "r-w0-1");
        batch(2, 20);
        read("stream", 21);

        judge.readers(List.of(reader("stream", null)));
        judge.history(true);

        assertThat(judge.broken()).isEmpty();
        assertThat(judge.lost()).isZero();
    }

    @Test
    void loss_isCounted_whenTheLogForgot() {
        write(1, "r-w0-1");
        recorder.acked("r-w0-2", "CHAOS.T1", 2, 1, 2);
        recorder.acked("r-w0-3", "CHAOS.T1", 3, 1, 2);

        judge.history(true);

        assertThat(judge.lost()).isEqualTo(2);
        assertThat(judge.broken())
                .hasSize(2)
                .allSatisfy(found -> assertThat(found).startsWith("DURABLE writers"));
    }

    @Test
    void endpoint_isSilent_whenItMissesEventsAndWasNotDisabled() {
        judge.endpoints(
                new HookVerdict(9, 9, 0, 2, 0, 0, 0, 0, List.of("disabled"), List.of("goes-on"), List.of("LOST x 2")));
        judge.history(true);

        assertThat(judge.told()).containsExactly("disabled");
        assertThat(judge.silent()).containsExactly("goes-on");
        assertThat(judge.broken()).containsExactly("LOST x 2");
    }

    @Test
    void tornBatch_isFound_whenAPartOfItIsMissingOrElsewhere() {
        batch(1, 19);
        judge.logged(20, "r-w0-1", "CHAOS.T1");
        judge.logged(21, "r-b-1-19", "CHAOS.T1");

        judge.history(true);

        assertThat(judge.broken()).containsExactly("TORN r-b-1 has 20 events from 1");
    }

    @Test
    void readerOfLostEvents_isSilent_unlessItWasToldThatItsCursorIsForeign() {
        write(1, "r-w0-1");
        read("told", 2);
        read("silent", 2);

        judge.readers(List.of(reader("told", foreign()), reader("silent", null)));
        judge.history(true);

        assertThat(judge.told()).containsExactly("told");
        assertThat(judge.silent()).containsExactly("silent");
    }

    @Test
    void readerThatEnds_isFound_whenItWasNotAboutItsCursor() {
        judge.readers(List.of(reader("stream", new IllegalStateException("gone"))));

        assertThat(judge.broken()).singleElement().asString().startsWith("READER stream ended");
    }

    private void write(long position, String id) {
        recorder.acked(id, "CHAOS.T1", position, 1, 2);
        judge.logged(position, id, "CHAOS.T1");
    }

    private void batch(long first, int count) {
        for (int i = 0; i < count; i++) {
            judge.logged(first + i, "r-b-1-" + i, "CHAOS.T1");
        }
    }

    /** Event by event, as the log would have them. */
    private void read(String name, long to) {
        ReaderRecorder reader = recorder.reader(name, ReaderFilter.prefixes("CHAOS"));
        reader.opened(0);
        for (long position = 1; position <= to; position++) {
            reader.event(position, position == 1 ? "r-w0-1" : "r-b-1-" + (position - 2), "CHAOS.T1");
        }
    }

    private static CursorException foreign() {
        return new CursorException(
                new ServerError(
                        com.google.rpc.Code.FAILED_PRECONDITION,
                        Reason.REASON_CURSOR_FOREIGN.name(),
                        "",
                        Map.of(),
                        List.of(),
                        Optional.empty()),
                null);
    }

    private static ChaosReader reader(String name, @Nullable Throwable failure) {
        return new ChaosReader() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void begin() {}

            @Override
            public void turn() {}

            @Override
            public long reached() {
                return 0;
            }

            @Override
            public void finish() {}

            @Override
            public Optional<Throwable> failure() {
                return Optional.ofNullable(failure);
            }
        };
    }
}
