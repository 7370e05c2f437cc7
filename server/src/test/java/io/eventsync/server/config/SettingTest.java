package io.eventsync.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTest {
    private static final Setting<Duration> DURATION =
            Setting.duration("a.wait", Duration.ofSeconds(1), Duration.ZERO, Duration.ofDays(30), "Wait");
    private static final Setting<Long> BYTES = Setting.bytes("a.size", 1024, 0, 1L << 50, "Size");
    private static final Setting<Integer> INTEGER = Setting.integer("a.count", 1, -5, 70_000, "Count");

    @Test
    void names_areDerivedFromTheKey() {
        Setting<Integer> setting = Setting.integer("log.batch-events-max", 1, 1, 2, "");

        assertThat(setting.env()).isEqualTo("EVENTSYNC_LOG_BATCH_EVENTS_MAX");
        assertThat(setting.flag()).isEqualTo("log-batch-events-max");
        assertThat(setting.alias("batch").flags()).containsExactly("log-batch-events-max", "batch");
        assertThat(setting.secret().fileFlag()).contains("log-batch-events-max-file");
        assertThat(setting.fileFlag()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"500ms,500ms", "10s,10s", "90s,90s", "120s,2m", "2h,2h", "7d,7d", "PT1.5S,1500ms", "0s,0s", "48h,2d"})
    void duration_isReadAndPrinted(String text, String printed) {
        Optional<Duration> duration = DURATION.parse(text);

        assertThat(duration.map(DURATION::show)).contains(printed);
        assertThat(DURATION.parse(printed)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"5", "0", "-1s", "PT-1S", "31d", "1 s", "s", "1.5s", "999999999999999999d", "10S ", "1h30", "٣s"
            })
    void duration_isRefused(String text) {
        assertThat(DURATION.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1000,1000", "1024,1KiB", "64MiB,64MiB", "1024MiB,1GiB", "1GiB,1GiB", "7B,7", "1TiB,1TiB"})
    void bytes_areReadAndPrinted(String text, String printed) {
        Optional<Long> bytes = BYTES.parse(text);

        assertThat(bytes.map(BYTES::show)).contains(printed);
        assertThat(BYTES.parse(printed)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1MB", "1.5GiB", "MiB", "1 MiB", "999999999999999999TiB", "9999TiB"})
    void bytes_areRefused(String text) {
        assertThat(BYTES.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"70001", "-6", "1.0", "0x10", "+1", " 1", "1_000", "99999999999999999999", "٣", "one"})
    void integer_isRefused(String text) {
        assertThat(INTEGER.parse(text)).isEmpty();
    }

    @Test
    void choice_isByLowerCaseName() {
        Setting<Form> setting = Setting.choice("a.form", Form.PLAIN_TEXT, "");

        assertThat(setting.parse("json")).contains(Form.JSON);
        assertThat(setting.parse("plain-text")).contains(Form.PLAIN_TEXT);
        assertThat(setting.parse("JSON")).isEmpty();
        assertThat(setting.expected()).isEqualTo("one of json, plain-text");
    }

    @Test
    void text_isRefused_whenBlankOrPaddedOrWithControlCharacters() {
        Setting<String> setting = Setting.text("a.text", "x", "");

        assertThat(List.of("", " ", "x ", "a\nb", "x".repeat(5000)))
                .allSatisfy(text -> assertThat(setting.parse(text)).isEmpty());
    }

    @Test
    void bool_isTrueOrFalseOnly() {
        Setting<Boolean> setting = Setting.bool("a.flag", false, "");

        assertThat(setting.parse("true")).contains(true);
        assertThat(List.of("yes", "1", "TRUE", "on"))
                .allSatisfy(text -> assertThat(setting.parse(text)).isEmpty());
    }

    @Test
    void default_mustBeInRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Setting.integer("a.b", 9, 1, 2, "").key());
    }

    @Test
    void require_hidesSecrets() {
        Setting<String> secret = Setting.text("a.key", "x", "").secret();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> secret.require("hunter2 "))
                .withMessageContaining("a.key")
                .withMessageNotContaining("hunter2");
    }

    private enum Form {
        JSON,
        PLAIN_TEXT
    }
}
