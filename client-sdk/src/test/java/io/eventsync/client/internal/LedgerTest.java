package io.eventsync.client.internal;

import static io.eventsync.client.internal.TestFrames.batch;
import static io.eventsync.client.internal.TestFrames.progress;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private final Ledger ledger = new Ledger();

    @Test
    void place_isTheFramesCursor_whenItsLastEventIsProcessed() {
        ledger.begin(new Place("c0", 0));
        ledger.received(batch("c5", 2, 5));
        ledger.received(batch("c9", 7, 9));

        assertThat(ledger.processed(2)).isTrue();
        assertThat(ledger.processed().text()).isEqualTo("c0~2");
        assertThat(ledger.at(9).text()).isEqualTo("c9");
        assertThat(ledger.at(7).text()).isEqualTo("c5~7");
        assertThat(ledger.processed(5)).isTrue();
        assertThat(ledger.processed().text()).isEqualTo("c5");
        assertThat(ledger.processed(9)).isTrue();
        assertThat(ledger.processed().text()).isEqualTo("c9");
    }

    /** The server knows the cursor only, and begins before what was processed of the frame. */
    @Test
    void place_staysInsideTheFrame_whenReadingGoesOnThere() {
        ledger.begin(new Place("c3", 5));

        ledger.received(TestFrames.started("c3"));
        assertThat(ledger.processed().text()).isEqualTo("c3~5");
        ledger.received(progress("c4", 4));
        assertThat(ledger.processed().text()).isEqualTo("c4~5");
        ledger.received(progress("c6", 6));
        assertThat(ledger.processed().text()).isEqualTo("c6");
    }

    @Test
    void processed_neverGoesBack_norPastWhatCame() {
        ledger.begin(new Place("c0", 0));
        ledger.received(batch("c9", 1, 9));
        assertThat(ledger.processed(9)).isTrue();

        assertThat(ledger.processed(1)).isFalse();
        assertThat(ledger.processed(10)).isFalse();
        assertThat(ledger.processed().text()).isEqualTo("c9");
    }

    @Test
    void progress_movesThePlace_onceAllBeforeItIsProcessed() {
        ledger.begin(new Place("c0", 0));
        ledger.received(progress("c10", 10));
        assertThat(ledger.processed().text()).isEqualTo("c10");

        ledger.received(batch("c12", 11, 12));
        ledger.received(progress("c20", 20));
        assertThat(ledger.processed().text()).isEqualTo("c10");
        assertThat(ledger.processed(11)).isTrue();
        assertThat(ledger.processed().text()).isEqualTo("c10~11");
        assertThat(ledger.processed(12)).isTrue();
        assertThat(ledger.processed().text()).isEqualTo("c20");
    }

    /** A reader that never says what it processed costs no more than so many ends, and every place stays exact. */
    @Test
    void places_stayExact_whenThousandsOfFramesAreUnprocessed() {
        ledger.begin(new Place("c0", 0));
        for (int position = 1; position <= 20_000; position++) {
            ledger.received(batch("c" + position, position));
        }
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            int position = 1 + random.nextInt(20_000);
            assertExact(ledger.at(position), position);
        }
        for (int position = 1; position <= 20_000; position += 1 + random.nextInt(30)) {
            assertThat(ledger.processed(position)).isTrue();
            assertExact(ledger.processed(), position);
        }
    }

    private static void assertExact(Place place, long position) {
        long cursor = Long.parseLong(place.cursor().substring(1));
        assertThat(Math.max(cursor, place.position())).isEqualTo(position);
        assertThat(cursor).isLessThanOrEqualTo(position);
    }

    @Test
    void place_readsItsOwnText_andTakesAnythingElseForACursor() {
        assertThat(Place.parse("abc_-")).isEqualTo(new Place("abc_-", 0));
        assertThat(Place.parse("abc~17")).isEqualTo(new Place("abc", 17));
        assertThat(Place.parse("abc~17").text()).isEqualTo("abc~17");
        assertThat(Place.parse("~x")).isEqualTo(new Place("~x", 0));
    }
}
