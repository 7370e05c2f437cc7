package io.eventsync.loadtest.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class JournalTest {

    private static final Answer FAILURE = Answer.whole(500);

    private final AtomicInteger recentMax = new AtomicInteger(100);
    private final Journal journal = new Journal(1_000, recentMax::get);

    @Test
    void repeats_areApartFromDuplicates() {
        take(TestReceipts.single("a", "{}"), FAILURE);
        take(TestReceipts.single("a", "{}"), FAILURE);
        take(TestReceipts.single("a", "{}"), Answer.OK);
        take(TestReceipts.single("a", "{}"), Answer.OK);
        take(TestReceipts.single("b", "{}"), Answer.OK);

        EndpointCounts counts = counts();
        assertThat(counts.received()).isEqualTo(5);
        assertThat(counts.distinct()).isEqualTo(2);
        assertThat(counts.accepted()).isEqualTo(2);
        assertThat(counts.repeats()).isEqualTo(2);
        assertThat(counts.duplicates()).isEqualTo(1);
        assertThat(counts.answers()).isEqualTo(Map.of(200, 3L, 500, 2L));
        assertThat(journal.ids(0, 10)).containsExactly(new IdCount("a", 2, 4), new IdCount("b", 1, 1));
        assertThat(journal.ids(1, 10)).hasSize(1);
    }

    @Test
    void answerThatBreaksOff_acceptsNothing() {
        take(TestReceipts.single("a", "{}"), new Answer.Broken(Breakage.RESET));

        assertThat(counts().accepted()).isZero();
    }

    @Test
    void bodyMismatch_isCounted_whenAnIdComesWithOtherBytes() {
        take(TestReceipts.single("a", "{}"), FAILURE);
        take(TestReceipts.single("a", "{} "), Answer.OK);
        take(TestReceipts.single("a", "{}"), Answer.OK);

        assertThat(counts().bodyMismatches()).isEqualTo(1);
    }

    @Test
    void batch_countsEachEvent() {
        BitSet second = new BitSet();
        second.set(1);
        take(TestReceipts.batch("a", "b"), Answer.whole(200).refusing(second));
        take(TestReceipts.batch("b", "c"), Answer.OK);

        EndpointCounts counts = counts();
        assertThat(counts.received()).isEqualTo(2);
        assertThat(counts.events()).isEqualTo(4);
        assertThat(counts.distinct()).isEqualTo(3);
        assertThat(counts.accepted()).isEqualTo(3);
        assertThat(counts.repeats()).isEqualTo(1);
        assertThat(counts.duplicates()).isZero();
        assertThat(counts.bodyMismatches()).isZero();
    }

    @Test
    void order_isGoodAndWhole_whenEachFollowsItsPredecessor() {
        take(TestReceipts.chained("a", "1", "0"), Answer.OK);
        take(TestReceipts.chained("b", "2", "1"), Answer.OK);
        take(TestReceipts.chained("c", "3", "2"), Answer.OK);

        assertThat(counts().orderInversions()).isZero();
        assertThat(counts().startedEarly()).isZero();
        assertThat(counts().chainGaps()).isZero();
    }

    @Test
    void inversion_isCountedNotAGap_whenThePredecessorComesLate() {
        take(TestReceipts.chained("b", "2", "1"), Answer.OK);
        assertThat(counts().orderInversions()).isZero();
        take(TestReceipts.chained("a", "1", "0"), Answer.OK);

        assertThat(counts().orderInversions()).isEqualTo(1);
        assertThat(counts().chainGaps()).isZero();
    }

    @Test
    void gap_isCountedNotAnInversion_whenThePredecessorNeverComes() {
        take(TestReceipts.chained("a", "1", ""), Answer.OK);
        take(TestReceipts.chained("c", "3", "2"), Answer.OK);

        assertThat(counts().orderInversions()).isZero();
        assertThat(counts().chainGaps()).isEqualTo(1);
    }

    @Test
    void startedEarly_isCounted_whenThePredecessorIsNotAccepted() {
        take(TestReceipts.chained("a", "1", "0"), FAILURE);
        take(TestReceipts.chained("b", "2", "1"), FAILURE);
        take(TestReceipts.chained("a", "1", "0"), Answer.OK);
        take(TestReceipts.chained("b", "2", "1"), Answer.OK);
        take(TestReceipts.chained("c", "3", "2"), Answer.OK);

        assertThat(counts().startedEarly()).isEqualTo(1);
        assertThat(counts().orderInversions()).isZero();
    }

    @Test
    void chain_holds_whenItIsLong() {
        Journal large = new Journal(1 << 20, () -> 1);
        for (int i = 1; i <= 10_000; i++) {
            take(large, TestReceipts.chained("e" + i, "c" + i, "c" + (i - 1)), Answer.OK);
        }

        EndpointCounts counts = large.counts("large", "ok");
        assertThat(counts.distinct()).isEqualTo(10_000);
        assertThat(counts.orderInversions()).isZero();
        assertThat(counts.chainGaps()).isZero();
    }

    @Test
    void oddRequests_areCountedApart() {
        take(TestReceipts.of(MultiMap.caseInsensitiveMultiMap(), "{}"), Answer.OK);
        take(TestReceipts.single("x".repeat(ByteArena.BYTES_MAX + 1), "{}"), Answer.OK);
        MultiMap replayed =
                MultiMap.caseInsensitiveMultiMap().add(Receipt.ID, "a").add(Receipt.REPLAY, "true");
        take(TestReceipts.of(replayed, "{}"), Answer.OK);
        journal.refuse(TestReceipts.single("b", "{}"), Answer.whole(401));

        EndpointCounts counts = counts();
        assertThat(counts.withoutId()).isEqualTo(1);
        assertThat(counts.untracked()).isEqualTo(1);
        assertThat(counts.replays()).isEqualTo(1);
        assertThat(counts.badSignatures()).isEqualTo(1);
        assertThat(counts.distinct()).isEqualTo(1);
        assertThat(counts.received()).isEqualTo(4);
    }

    @Test
    void ids_areBounded() {
        for (int i = 0; i < 1_010; i++) {
            take(TestReceipts.chained("e" + i, "c" + i, ""), Answer.OK);
        }

        assertThat(counts().distinct()).isEqualTo(1_000);
        assertThat(counts().untracked()).isEqualTo(10);
    }

    @Test
    void recent_keepsTheLastOnes_andFewerWhenToldSo() {
        for (int i = 0; i < 150; i++) {
            take(TestReceipts.single("e" + i, "{}"), Answer.OK);
        }

        assertThat(journal.recent()).hasSize(100);
        assertThat(journal.recent().get(0).headers().get(Receipt.ID)).isEqualTo("e50");
        assertThat(journal.recent().get(99).toJson().getJsonObject("headers").getString(Receipt.ID))
                .isEqualTo("e149");

        recentMax.set(2);
        take(TestReceipts.single("e150", "{}"), Answer.OK);

        assertThat(journal.recent().stream().map(each -> each.headers().get(Receipt.ID)))
                .containsExactly("e149", "e150");
    }

    private void take(Receipt receipt, Answer answer) {
        take(journal, receipt, answer);
    }

    private static void take(Journal journal, Receipt receipt, Answer answer) {
        int[] rows = journal.rows(receipt);
        journal.receive(receipt, rows, answer);
        assertThat(journal.accept(receipt, rows, answer)).isBetween(0, rows.length);
    }

    private EndpointCounts counts() {
        return journal.counts("test", "ok");
    }
}
