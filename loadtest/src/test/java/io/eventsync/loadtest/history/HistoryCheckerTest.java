package io.eventsync.loadtest.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HistoryCheckerTest {

    private final HistoryRecorder recorder = new HistoryRecorder();

    @Test
    void check_findsNothing_whenHistoryIsRight() {
        write(1, 10);
        log(1, 10);
        ReaderRecorder all = recorder.reader("all", ReaderFilter.all());
        all.opened(0);
        read(all, 1, 6);
        all.cursor(4);
        ReaderRecorder odd = recorder.reader("odd", ReaderFilter.prefixes("T1"));
        odd.opened(2);
        odd.event(3, "id-3", "T1");
        odd.cursor(4);
        odd.event(5, "id-5", "T1");
        odd.resumed(4);
        odd.event(5, "id-5", "T1");
        odd.event(7, "id-7", "T1");
        odd.cursor(8);

        // The cursor of 4 came late; what counts is that nothing at or before it follows.
        assertThat(HistoryChecker.check(recorder.history())).isEmpty();
    }

    @Test
    void check_reportsReliable_whenReaderSkippedAnEvent() {
        write(1, 5);
        ReaderRecorder reader = opened();
        read(reader, 1, 2);
        read(reader, 4, 5);
        reader.cursor(5);

        assertBroken(Property.RELIABLE, 3);
    }

    @Test
    void check_reportsReliable_whenProgressWentPastAnEvent() {
        write(1, 5);
        ReaderRecorder reader = opened();
        read(reader, 1, 3);
        reader.cursor(4);

        assertBroken(Property.RELIABLE, 4);
    }

    @Test
    void check_reportsUnique_whenAnEventCameTwiceOnAStream() {
        write(1, 5);
        ReaderRecorder reader = opened();
        read(reader, 1, 4);
        read(reader, 3, 3);
        read(reader, 5, 5);
        reader.cursor(5);

        assertBroken(Property.UNIQUE, 3);
    }

    @Test
    void check_reportsOrdered_whenTwoEventsAreSwapped() {
        write(1, 4);
        ReaderRecorder reader = opened();
        read(reader, 1, 1);
        read(reader, 3, 3);
        read(reader, 2, 2);
        read(reader, 4, 4);
        reader.cursor(4);

        assertBroken(Property.ORDERED, 2);
    }

    @Test
    void check_reportsFilter_whenAnotherTagLeaks() {
        write(1, 3);
        ReaderRecorder reader = recorder.reader("r", ReaderFilter.prefixes("T1"));
        reader.opened(0);
        read(reader, 1, 3);
        reader.cursor(3);

        assertBroken(Property.FILTER, 2);
    }

    @Test
    void check_reportsBookmarkable_whenAnEventCameAfterItsProgress() {
        write(1, 4);
        ReaderRecorder reader = opened();
        read(reader, 1, 3);
        reader.cursor(4);
        read(reader, 4, 4);

        assertBroken(Property.BOOKMARKABLE, 4);
    }

    @Test
    void check_reportsResumable_whenTheNextEventWasLeftOut() {
        write(1, 6);
        ReaderRecorder reader = opened();
        read(reader, 1, 3);
        reader.cursor(3);
        reader.resumed(3);
        read(reader, 5, 6);
        reader.cursor(6);

        assertBroken(Property.RESUMABLE, 4);
    }

    @Test
    void check_reportsResumable_whenTheCursorsOwnEventCameAgain() {
        write(1, 5);
        ReaderRecorder reader = opened();
        read(reader, 1, 3);
        reader.cursor(3);
        reader.resumed(3);
        read(reader, 3, 5);
        reader.cursor(5);

        assertBroken(Property.RESUMABLE, 3);
    }

    @Test
    void check_reportsDurable_whenAnAcknowledgedEventIsNotInTheLog() {
        write(1, 5);
        log(1, 4);

        assertBroken(Property.DURABLE, 5);
    }

    @Test
    void check_reportsDurable_whenAReaderSawWhatTheLogDoesNotHold() {
        log(1, 3);
        ReaderRecorder reader = opened();
        read(reader, 1, 4);

        assertBroken(Property.DURABLE, 4);
    }

    @Test
    void check_reportsRealTimeOrder_whenALaterEventStandsBefore() {
        recorder.acked("id-a", "T", 2, 0, 10);
        recorder.acked("id-b", "T", 1, 20, 30);

        assertBroken(Property.REAL_TIME_ORDER, 1);
    }

    @Test
    void check_findsNothing_whenARetryIsAnsweredWithTheFirstPosition() {
        recorder.acked("id-a", "T", 1, 0, 10);
        recorder.acked("id-b", "T", 2, 20, 30);
        recorder.acked("id-a", "T", 1, 40, 50);

        assertThat(HistoryChecker.check(recorder.history())).isEmpty();
    }

    @Test
    void check_reportsUnique_whenTwoEventsWereGivenOnePosition() {
        recorder.acked("id-a", "T", 7, 0, 10);
        recorder.acked("id-b", "T", 7, 0, 10);

        assertBroken(Property.UNIQUE, 7);
    }

    @Test
    void check_reportsUnique_whenTheLogHoldsAnIdTwice() {
        recorder.logged(1, "id-a", "T");
        recorder.logged(2, "id-a", "T");

        assertBroken(Property.UNIQUE, 2);
    }

    @Test
    void check_listsTwentyAndCounts_whenMuchIsBroken() {
        write(1, 1_000);
        ReaderRecorder reader = opened();
        reader.cursor(1_000);

        List<Violation> violations = HistoryChecker.check(recorder.history());
        assertThat(violations).hasSize(21).last().hasToString("RELIABLE all at 0: 980 more of the same kind");
    }

    @Test
    void check_takesSeconds_whenAMillionEventsMeetFourReaders() {
        write(1, 1_000_000);
        log(1, 1_000_000);
        for (int i = 0; i < 4; i++) {
            ReaderRecorder reader = opened();
            read(reader, 1, 1_000_000);
            reader.cursor(1_000_000);
        }
        History history = recorder.history();

        long started = System.nanoTime();
        assertThat(HistoryChecker.check(history)).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(20));
    }

    private ReaderRecorder opened() {
        ReaderRecorder reader = recorder.reader("r", ReaderFilter.all());
        reader.opened(0);
        return reader;
    }

    private void write(int from, int to) {
        for (int n = from; n <= to; n++) {
            recorder.acked("id-" + n, "T" + n % 2, n, n * 10L, n * 10L + 15);
        }
    }

    private void log(int from, int to) {
        for (int n = from; n <= to; n++) {
            recorder.logged(n, "id-" + n, "T" + n % 2);
        }
    }

    private static void read(ReaderRecorder reader, int from, int to) {
        for (int n = from; n <= to; n++) {
            reader.event(n, "id-" + n, "T" + n % 2);
        }
    }

    private void assertBroken(Property property, long position) {
        List<Violation> violations = HistoryChecker.check(recorder.history());
        assertThat(violations.stream().map(Violation::property).collect(Collectors.toList()))
                .as("%s", violations)
                .containsExactly(property);
        assertThat(violations.get(0).position()).isEqualTo(position);
    }
}
