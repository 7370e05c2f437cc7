package io.eventsync.server.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.Page;
import io.eventsync.server.event.TestEvents;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
    /** Two events to a portion. */
    private static final long PORTION_BYTES = 1_024 + 2L * (event(1).wire().length + 6);

    private final List<LogPoint> asked = new ArrayList<>();
    private final List<Promise<Page>> answers = new ArrayList<>();
    private final ReadAhead.Budget budget = new ReadAhead.Budget(2);
    private final ReadAhead reader = reader();

    private ReadAhead reader() {
        return new ReadAhead(
                (start, eventsMax, bytesMax) -> {
                    asked.add(start);
                    answers.add(Promise.promise());
                    return answers.get(answers.size() - 1).future();
                },
                budget);
    }

    private static LogEvent event(long position) {
        return TestEvents.event(position, "T");
    }

    private static LogPoint at(long position) {
        return position == 0 ? LogPoint.BEGINNING : LogPoint.after(event(position));
    }

    private static Page page(long after, long through) {
        return new Page(
                LongStream.rangeClosed(after + 1, through)
                        .mapToObj(ReadAheadTest::event)
                        .toList(),
                at(through));
    }

    private static Future<Page> read(ReadAhead reader, LogPoint after) {
        return reader.after(after, 500, PORTION_BYTES);
    }

    private static List<Long> positions(Page page) {
        return page.events().stream().map(LogEvent::position).toList();
    }

    private void answer(Page page) {
        answers.get(answers.size() - 1).complete(page);
    }

    /** Reads the first portion, which is small, and a large page that ends at 7. */
    private Page catchUp(ReadAhead by) {
        Future<Page> first = read(by, at(0));
        answer(page(0, 2));
        assertThat(positions(first.result())).containsExactly(1L, 2L);
        Future<Page> second = read(by, at(2));
        answer(page(2, 7));
        return second.result();
    }

    @Test
    void largePage_isGivenOutInPortions_withTheNextOneUnderWay() {
        Page first = catchUp(reader);
        assertThat(asked).containsExactly(at(0), at(2), at(7));

        Page second = read(reader, first.end()).result();
        Page third = read(reader, second.end()).result();
        assertThat(positions(first)).containsExactly(3L, 4L);
        assertThat(positions(second)).containsExactly(5L, 6L);
        assertThat(positions(third)).containsExactly(7L);
        assertThat(third.end()).isEqualTo(at(7));

        Future<Page> next = read(reader, at(7));
        assertThat(next.isComplete()).isFalse();
        answer(page(7, 8));
        assertThat(positions(next.result())).containsExactly(8L);
        assertThat(asked).hasSize(3);
    }

    /** As a client does that is full in the middle of a portion. */
    @Test
    void placeInsideAPortion_isGoneOnFrom_withoutReadingAgain() {
        assertThat(positions(catchUp(reader))).containsExactly(3L, 4L);

        Page again = read(reader, at(3)).result();

        assertThat(positions(again)).containsExactly(4L, 5L);
        assertThat(asked).hasSize(3);
    }

    @Test
    void placeOfAnotherHistory_isReadAnew() {
        assertThat(catchUp(reader).end()).isEqualTo(at(4));

        Future<Page> elsewhere = read(reader, new LogPoint(4, 1));

        assertThat(elsewhere.isComplete()).isFalse();
        assertThat(asked).hasSize(4).endsWith(new LogPoint(4, 1));
    }

    @Test
    void readerWithoutABudget_readsPortionByPortion() {
        assertThat(catchUp(reader).end()).isEqualTo(at(4));
        assertThat(budget.pages()).isZero();
        ReadAhead other = reader();

        Future<Page> first = read(other, at(20));
        answer(page(20, 22));
        Future<Page> second = read(other, at(22));
        answer(page(22, 24));

        assertThat(List.of(first, second)).allMatch(Future::succeeded);
        assertThat(asked).endsWith(at(20), at(22));
    }

    @Test
    void heldPages_areGivenUp_whenTheClientTakesNothingForLong_andCountUntilTheyAreThere() {
        Page first = catchUp(reader);

        reader.rest();
        assertThat(read(reader, first.end()).succeeded()).isTrue();
        reader.rest();
        assertThat(budget.pages()).isZero();
        reader.rest();
        assertThat(budget.pages()).isEqualTo(1);

        answer(page(7, 9));
        assertThat(budget.pages()).isEqualTo(2);
        assertThat(read(reader, first.end()).isComplete()).isFalse();
        assertThat(asked).endsWith(first.end());
    }

    @Test
    void pageThatWasForgottenOnItsWay_isGivenOutOnce_andNotHeld() {
        Future<Page> first = read(reader, at(0));
        answer(page(0, 2));
        Future<Page> second = read(reader, at(2));
        reader.forget();
        answer(page(2, 7));

        assertThat(first.succeeded()).isTrue();
        assertThat(positions(second.result())).containsExactly(3L, 4L);
        assertThat(budget.pages()).isEqualTo(2);
        assertThat(asked).hasSize(2);
    }

    @Test
    void failureOfALargePage_isTheReaders_andCostsNoBudget() {
        Future<Page> first = read(reader, at(0));
        answer(page(0, 2));
        Future<Page> second = read(reader, at(2));
        answers.get(1).fail("away");

        assertThat(first.succeeded()).isTrue();
        assertThat(second.failed()).isTrue();
        assertThat(budget.pages()).isEqualTo(2);
    }
}
