package io.eventsync.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.event.LogPoint;
import io.eventsync.server.sync.Cursors;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchAnswerTest {
    private static final Cursors CURSORS = new Cursors(new UUID(1, 2));
    private static final List<Delivery> BATCH =
            List.of(TestRun.row(3, "", false, 0, 0), TestRun.row(5, "", false, 0, 0), TestRun.row(8, "", false, 0, 0));

    private static Optional<Set<Long>> missing(@Nullable String ack, String body) {
        return BatchAnswer.unacknowledged(BATCH, ack, body.getBytes(StandardCharsets.UTF_8), false, CURSORS);
    }

    private static String cursor(long position) {
        return CURSORS.encode(new LogPoint(position, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ok", "{}", "{\"failed\":[]}", "{\"failed\":null}", "[1]", "{\"x\":", "<html>{</html>"})
    void all_isTaken_unlessTheAnswerSaysOtherwise(String body) {
        assertThat(missing(null, body)).contains(Set.of());
    }

    @Test
    void header_takesThoseUpToItsCursor() {
        assertThat(missing(cursor(5), "")).contains(Set.of(8L));
        assertThat(missing(cursor(4), "")).contains(Set.of(5L, 8L));
        assertThat(missing(" " + cursor(8) + " ", "")).contains(Set.of());
        assertThat(missing(cursor(2), "")).contains(Set.of(3L, 5L, 8L));
    }

    @Test
    void body_takesAllButThoseItNames() {
        assertThat(missing(null, " \n{\"failed\":[\"id-5\",\"id-99\"]}")).contains(Set.of(5L));
        assertThat(missing(cursor(5), "{\"failed\":[\"id-3\"]}")).contains(Set.of(3L, 8L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "AAAA"})
    void header_thatIsNoCursor_cannotBeUnderstood(String ack) {
        assertThat(missing(ack, "")).isEmpty();
    }

    @Test
    void cursorOfAnotherLog_cannotBeUnderstood() {
        assertThat(missing(new Cursors(new UUID(9, 9)).encode(new LogPoint(5, 0)), ""))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"failed\":\"id-3\"}",
                "{\"failed\":{\"id-3\":1}}",
                "{\"failed\":[\"id-3\"",
                "{\"failed\":[id-3]}"
            })
    void namesThatCannotBeRead_takeNothing(String body) {
        assertThat(missing(null, body)).isEmpty();
    }

    @Test
    void halfAnObject_takesNothing_forItsRestMayNameWhatFailed() {
        byte[] half = "{\"failed\":[\"id-3\",".getBytes(StandardCharsets.UTF_8);
        byte[] page = "{\"page\":\"".getBytes(StandardCharsets.UTF_8);

        assertThat(BatchAnswer.unacknowledged(BATCH, null, half, true, CURSORS)).isEmpty();
        assertThat(BatchAnswer.unacknowledged(BATCH, cursor(8), half, true, CURSORS))
                .isEmpty();
        assertThat(BatchAnswer.unacknowledged(BATCH, null, page, true, CURSORS)).isEmpty();
        assertThat(BatchAnswer.unacknowledged(BATCH, cursor(5), page, true, CURSORS))
                .contains(Set.of(8L));
    }
}
