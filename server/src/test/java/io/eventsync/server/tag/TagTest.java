package io.eventsync.server.tag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagTest {
    private static final String LONGEST = "x".repeat(Tag.LENGTH_MAX);

    @ParameterizedTest
    @ValueSource(strings = {"A", "a.b", "DATABASE.CONNECTION_LOST", "0-9_z", "a.b.c.d.e.f.g.h", "-", "_"})
    void tag_isAccepted_whenWellFormed(String tag) {
        assertThatCode(() -> Tag.requireValid("tag", tag)).doesNotThrowAnyException();
        assertThatCode(() -> Tag.requireValidPrefix("prefix", tag)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''        | is required",
                ".a        | empty segment at character 0",
                "a..b      | empty segment at character 2",
                "a.        | ends with an empty segment",
                "a b       | at character 1",
                "ä         | at character 0",
                "a/b       | at character 1",
                "a.b.c.d.e.f.g.h.i | has 9 segments, at most 8",
                "$SYSTEM.X | $SYSTEM is the server's own",
                "$SYSTEM   | $SYSTEM is the server's own",
            })
    void tag_isRefused_whenMalformed(String tag, String why) {
        Failure refused = catchThrowableOfType(Failure.class, () -> Tag.requireValid("tag", tag));

        assertThat(refused.reason()).isEqualTo(Reason.FIELD_INVALID);
        assertThat(refused).hasMessageContaining("tag: ").hasMessageContaining(why);
    }

    @Test
    void length_isBounded() {
        assertThatCode(() -> Tag.requireValid("tag", LONGEST)).doesNotThrowAnyException();

        assertThat(catchThrowableOfType(Failure.class, () -> Tag.requireValid("tag", LONGEST + "x")))
                .hasMessageContaining("has 201 characters, at most 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"$SYSTEM", "$SYSTEM.ENDPOINT"})
    void prefix_isAccepted_whenOfTheServersOwnEvents(String prefix) {
        assertThatCode(() -> Tag.requireValidPrefix("prefix", prefix)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"$SYSTEM.", "$SYSTEMS", "$OTHER", "$SYSTEM..X", "A.$SYSTEM", "$system"})
    void prefix_isRefused_whenNoTagCanHaveIt(String prefix) {
        assertThat(catchThrowableOfType(Failure.class, () -> Tag.requireValidPrefix("prefix", prefix))
                        .reason())
                .isEqualTo(Reason.FIELD_INVALID);
    }
}
