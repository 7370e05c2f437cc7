package io.eventsync.server.grpc;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.nio.charset.Charset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
    static Stream<String> json() {
        return Stream.of(
                "{}",
                "[]",
                "null",
                "true",
                "0",
                "-0",
                "-1.5e+10",
                "1E400",
                "\"\"",
                "\"\\u0000\"",
                "\"\\ud800\"",
                "\"\u007f\"",
                "\"zażółć \uD83D\uDE00\"",
                " \t\r\n{ \"a\" : [ 1 , { \"b\" : null } ] } \n",
                "{\"a\":1,\"a\":2}",
                "{\"\":1}",
                "[".repeat(64) + "]".repeat(64),
                "{\"a\":".repeat(63) + "[]" + "}".repeat(63),
                "\"" + "x".repeat(200_000) + "\"",
                "{\"" + "k".repeat(40_000) + "\":1}");
    }

    @ParameterizedTest
    @MethodSource("json")
    void text_isAccepted_whenJson(String text) {
        assertThatCode(() -> JsonText.requireValid("json", text.getBytes(UTF_8)))
                .doesNotThrowAnyException();
    }

    static Stream<String> notJson() {
        return Stream.of(
                "",
                " ",
                "\n",
                "{",
                "[1,]",
                "{\"a\":1,}",
                "{'a':1}",
                "{a:1}",
                "// comment\n1",
                "/* */ 1",
                "NaN",
                "Infinity",
                "-Infinity",
                "[NaN]",
                "01",
                "-01",
                "+1",
                ".5",
                "1.",
                "1e",
                "0x10",
                "TRUE",
                "nul",
                "nulll",
                "{} {}",
                "{}x",
                "1 2",
                "[1]]",
                "{}\u0000",
                "\"abc",
                "\"a\nb\"",
                "\"a\tb\"",
                "\"\u0000\"",
                "\"\u001f\"",
                "\"\\x41\"",
                "\"\\u12\"",
                "\u00a01",
                "\u2028{}",
                "{\"a\" 1}",
                "{1:2}",
                "[".repeat(65) + "]".repeat(65),
                "{\"a\":".repeat(64) + "[]" + "}".repeat(64));
    }

    @ParameterizedTest
    @MethodSource("notJson")
    void text_isRefused_whenNotJson(String text) {
        assertRefused(text.getBytes(UTF_8));
    }

    @Test
    void text_isRefused_whenOfAnotherEncoding() {
        for (Charset charset : List.of(UTF_16BE, UTF_16LE, Charset.forName("UTF-32BE"), Charset.forName("UTF-32LE"))) {
            for (String text : List.of("{}", "\uFEFF{}", "1", "\"a\"")) {
                assertRefused(text.getBytes(charset));
            }
        }
        assertRefused("\uFEFF{}".getBytes(UTF_8));
        assertRefused("\uFEFF".getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1,2,x]", "{\"a\":01}"})
    void refusal_namesFieldAndPlace(String text) {
        Failure refused =
                catchThrowableOfType(Failure.class, () -> JsonText.requireValid("json", text.getBytes(UTF_8)));

        assertThat(refused.violations()).singleElement().satisfies(v -> {
            assertThat(v.field()).isEqualTo("json");
            assertThat(v.description()).startsWith("is not JSON: ").containsPattern(" at byte \\d+$");
        });
    }

    private static void assertRefused(byte[] text) {
        Failure refused = catchThrowableOfType(Failure.class, () -> JsonText.requireValid("json", text));

        assertThat(refused).as(new String(text, UTF_8)).isNotNull();
        assertThat(refused.reason()).isEqualTo(Reason.FIELD_INVALID);
    }
}
