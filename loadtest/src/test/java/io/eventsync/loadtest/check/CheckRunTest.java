package io.eventsync.loadtest.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.loadtest.history.HistoryRecorder;
import io.eventsync.loadtest.history.ReaderFilter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckRunTest {
    private final RecordingSink sink = new RecordingSink(
            new HistoryRecorder().reader("reader", new ReaderFilter(List.of("CHECK"), List.of())), "", 5);
    private Future<Void> end = Promise.<Void>promise().future();
    private final CheckRun.Reading reading = new CheckRun.Reading("reader", sink, () -> end);

    /** What it did get may be all right. */
    @Test
    void readerThatStoppedShort_isLate() {
        assertThat(reading.late(5)).isEmpty();
        assertThat(reading.late(6)).contains("LATE reader came to 5 of 6");

        end = Future.failedFuture(new IllegalStateException("refused"));
        assertThat(reading.late(6)).hasValueSatisfying(late -> assertThat(late).contains("and ended", "refused"));
    }
}
