package io.eventsync.server.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceparentTest {
    private static final String GOOD = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @ParameterizedTest
    @ValueSource(
            strings = {
                GOOD,
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff",
                "00-00000000000000000000000000000001-0000000000000001-01"
            })
    void whatFollowsTheRules_isKept(String text) {
        assertThat(Traceparent.valid(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "00",
                "00-",
                "nonsense",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 ",
                " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "0G-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x",
                "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333é-01"
            })
    void whatBreaksThem_countsAsNone(String text) {
        assertThat(Traceparent.valid(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01, 01",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes-then, 01",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02-, 00",
        "fe-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff, 01"
    })
    void whatALaterVersionWrote_isReadAsThisOne(String text, String flags) {
        assertThat(Traceparent.valid(text)).isEqualTo(GOOD.substring(0, 53) + flags);
    }

    @Test
    void twoHeaders_countAsNone() {
        assertThat(Traceparent.of(List.of(GOOD))).isEqualTo(GOOD);
        assertThat(Traceparent.of(List.of(GOOD, GOOD))).isEmpty();
        assertThat(Traceparent.of(List.of())).isEmpty();
    }
}
