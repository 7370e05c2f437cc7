package io.eventsync.loadtest.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModeTest {

    @ParameterizedTest
    @CsvSource({
        "ok,200",
        "status:503,503",
        "500,500",
        "throttle:7,429",
        "gone,410",
        "no-retry,400",
        "redirect:/canary,302",
        "slow:10,200",
        "hang,0",
        "close,0",
        "garbage,0",
        "trickle,200",
        "huge,200",
        "reset,200",
        "gzip-bomb,200",
        "fail:100,500",
        "fail:0,200",
        "fail-first:1,500",
        "flap:1:1,200",
        "ack:1,200",
        "partial:100,200"
    })
    void mode_answersItsStatus_whenAskedOnce(String text, int status) {
        Answer answer = Mode.parse(text).answer(call(TestReceipts.single("a", "{}"), 1, 0));

        assertThat(answer.status()).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nope", "nope:1", ":", "Ok"})
    void mode_namesTheModes_whenThereIsNoSuch(String text) {
        assertThatThrownBy(() -> Mode.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ok, status:<code>, throttle:<seconds>")
                .hasMessageContaining("gzip-bomb")
                .hasMessageContaining("flap:<okSeconds>:<failSeconds>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ok:1",
                "status",
                "status:",
                "status:abc",
                "status:99",
                "status:600",
                "99",
                "fail:101",
                "fail:-1",
                "fail:NaN",
                "flap:1",
                "flap:1:0",
                "fail-first:0",
                "ack:0",
                "throttle:-1",
                "slow:x",
                "redirect:",
                "redirect:a b",
                "hang:1"
            })
    void mode_isRefused_whenItsArgumentsMakeNoSense(String text) {
        assertThatThrownBy(() -> Mode.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void mode_equalsItsText() {
        assertThat(Mode.parse("500")).isEqualTo(Mode.parse("status:500")).hasToString("status:500");
        assertThat(Mode.parse("500"))
                .hasSameHashCodeAs(Mode.parse("status:500"))
                .isNotEqualTo(Mode.parse("501"));
    }

    @Test
    void headers_sayWhatTheStatusMeans() {
        assertThat(headers("throttle:7")).containsExactly(Map.entry("retry-after", "7"));
        assertThat(headers("no-retry")).containsExactly(Map.entry("eventsync-no-retry", "true"));
        assertThat(headers("redirect:http://127.0.0.1:1/canary"))
                .containsExactly(Map.entry("location", "http://127.0.0.1:1/canary"));
        assertThat(headers("gzip-bomb")).containsExactly(Map.entry("content-encoding", "gzip"));
    }

    @Test
    void failFirst_takesTheAttemptAfterTheFailedOnes() {
        Mode mode = Mode.parse("fail-first:2");

        assertThat(mode.answer(call(TestReceipts.single("a", "{}"), 9, 1)).status())
                .isEqualTo(500);
        assertThat(mode.answer(call(TestReceipts.single("a", "{}"), 9, 2)).status())
                .isEqualTo(200);
    }

    @Test
    void flap_goesByTheTimeSinceItWasSet() {
        Mode mode = Mode.parse("flap:2:3");

        assertThat(flapAt(mode, 1_999)).isEqualTo(200);
        assertThat(flapAt(mode, 2_000)).isEqualTo(500);
        assertThat(flapAt(mode, 4_999)).isEqualTo(500);
        assertThat(flapAt(mode, 5_000)).isEqualTo(200);
    }

    @Test
    void ack_takesTheFirstEvents_whenTheBatchHasMore() {
        Answer.Whole answer = whole("ack:2", TestReceipts.batch("a", "b", "c"));

        assertThat(answer.headers()).containsExactly(Map.entry("eventsync-ack", "c-b"));
        assertThat(answer.accepts(1)).isTrue();
        assertThat(answer.accepts(2)).isFalse();
    }

    @Test
    void ack_takesAll_whenTheBatchHasNoMore() {
        Answer.Whole answer = whole("ack:3", TestReceipts.batch("a", "b", "c"));

        assertThat(answer.headers()).isEmpty();
        assertThat(answer.accepts(2)).isTrue();
    }

    @Test
    void partial_namesWhatItRefuses() {
        Answer.Whole answer = whole("partial:100", TestReceipts.batch("a", "b"));

        assertThat(answer.body().toString(StandardCharsets.UTF_8)).isEqualTo("{\"failed\":[\"a\",\"b\"]}");
        assertThat(answer.accepts(0)).isFalse();
    }

    private static int flapAt(Mode mode, long elapsedMillis) {
        Receipt receipt = TestReceipts.single("a", "{}");
        return mode.answer(new Call("a", 1, false, receipt.events(), List.of(0), elapsedMillis, 1))
                .status();
    }

    private static Map<String, String> headers(String mode) {
        return whole(mode, TestReceipts.single("a", "{}")).headers();
    }

    private static Answer.Whole whole(String mode, Receipt receipt) {
        return (Answer.Whole) Mode.parse(mode).answer(call(receipt, 1, 0));
    }

    private static Call call(Receipt receipt, int attempt, int receivedBefore) {
        List<Integer> before = Collections.nCopies(receipt.events().size(), receivedBefore);
        return new Call(receipt.id(), attempt, receipt.isBatch(), receipt.events(), before, 0, 1);
    }
}
