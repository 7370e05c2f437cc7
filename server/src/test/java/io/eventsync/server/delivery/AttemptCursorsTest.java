package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsync.server.event.LogPoint;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.sync.Cursors;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttemptCursorsTest {
    private static final AttemptCursors CURSORS = new AttemptCursors(new UUID(1, 2));

    private static Reason refused(AttemptCursors cursors, String text) {
        return catchThrowableOfType(Failure.class, () -> cursors.decode(text)).reason();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 77, Long.MAX_VALUE})
    void number_comesBack(long number) {
        assertThat(CURSORS.decode(CURSORS.encode(number))).isEqualTo(number);
    }

    @Test
    void cursor_isRefused_whenAnyBitIsFlipped() {
        byte[] bytes = Base64.getUrlDecoder().decode(CURSORS.encode(5));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);

            assertThat(refused(CURSORS, Base64.getUrlEncoder().withoutPadding().encodeToString(flipped)))
                    .isEqualTo(Reason.CURSOR_MALFORMED);
        }
    }

    @Test
    void cursor_isForeign_inAnotherLog() {
        assertThat(refused(new AttemptCursors(new UUID(1, 3)), CURSORS.encode(5)))
                .isEqualTo(Reason.CURSOR_FOREIGN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "!", "AAAA", "ä"})
    void garbage_isMalformed(String text) {
        assertThat(refused(CURSORS, text)).isEqualTo(Reason.CURSOR_MALFORMED);
    }

    @Test
    void otherSpellings_areMalformed() {
        assertThat(refused(CURSORS, CURSORS.encode(5) + "==")).isEqualTo(Reason.CURSOR_MALFORMED);
        assertThat(refused(CURSORS, CURSORS.encode(-5))).isEqualTo(Reason.CURSOR_MALFORMED);
    }

    @Test
    void cursorsOfTheLog_areNotTaken_norTheOtherWayRound() {
        Cursors log = new Cursors(new UUID(1, 2));

        assertThat(refused(CURSORS, log.encode(new LogPoint(5, 6)))).isEqualTo(Reason.CURSOR_MALFORMED);
        assertThat(catchThrowableOfType(Failure.class, () -> log.decode(CURSORS.encode(5))))
                .isNotNull();
    }
}
