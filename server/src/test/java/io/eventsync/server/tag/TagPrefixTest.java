package io.eventsync.server.tag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.failure.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TagPrefixTest {
    @ParameterizedTest
    @CsvSource({
        "DATABASE, DATABASE, true",
        "DATABASE, DATABASE.X, true",
        "DATABASE, DATABASE.X.Y, true",
        "DATABASE, DATABASE2, false",
        "DATABASE, DATABASE-X, false",
        "DATABASE, DATABAS, false",
        "DATABASE, database, false",
        "DATABASE.X, DATABASE, false",
        "A.B, A.BC, false",
        "A.B, X.A.B, false",
        "$SYSTEM, $SYSTEM.ENDPOINT, true",
    })
    void prefix_matchesWholeSegments(String prefix, String tag, boolean matches) {
        assertThat(TagPrefix.parse("prefix", prefix).matches(tag)).isEqualTo(matches);
    }

    @Test
    void parse_fails_whenMalformed() {
        assertThatThrownBy(() -> TagPrefix.parse("filter.tag_prefixes[2]", "A."))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith("filter.tag_prefixes[2]: ");
    }
}
