package io.eventsync.server.mail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.TestEvents;
import io.eventsync.server.failure.Failure;
import io.eventsync.v1.Event;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MailTemplateTest {
    private static final LogEvent EVENT = TestEvents.event(
            7,
            "DATABASE.LOST",
            Event.newBuilder()
                    .setKey("db-7")
                    .setMessage("gone\r\nfor good")
                    .setJson("{\"a\":\"ż\"}")
                    .putAttributes("zone", "eu")
                    .putAttributes("evil", "{payload}{attributes.evil}")
                    .setEventTime(Timestamp.newBuilder().setSeconds(1_700_000_000))
                    .build());

    private static LogEvent withPayload(Event.Builder content) {
        return TestEvents.event(1, "A", content.build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plain|plain",
                "{id}|id-7",
                "{tag}|DATABASE.LOST",
                "{key}|db-7",
                "{position}|7",
                "{event_time}|2023-11-14T22:13:20Z",
                "{attributes.zone}|eu",
                "<{attributes.absent}>|<>",
                "{attributes.evil}|{payload}{attributes.evil}",
                "{payload}|{\"a\":\"ż\"}",
                "`{message}\r{key}`|`gone\nfor good\ndb-7`",
                "{id}{id}{tag}|id-7id-7DATABASE.LOST",
                "{ID} {unknown} {attributes.} {attributes} {} { id } {id|{ID} {unknown} {attributes.} {attributes} {} { id } {id",
                "{{id}}|{id-7}",
                "{\"tag\":\"{tag}\"}|{\"tag\":\"DATABASE.LOST\"}",
                "$1 \\1 {id}|$1 \\1 id-7"
            })
    void body_isFilledIn(String template, String expected) {
        assertThat(MailTemplate.of("", template).render(EVENT).body()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`{message}`|`gone for good`",
                "`a\nb\r\nc\u2028d\te`|`a b c d e`",
                "`{payload}`|`{payload}`",
                "`  {key} `|`db-7`"
            })
    void subject_isOneLine(String template, String expected) {
        assertThat(MailTemplate.of(template, "").render(EVENT).subject()).isEqualTo(expected);
    }

    @Test
    void emptyTemplates_sayAllThereIs() {
        MailText text = MailTemplate.of("", "").render(EVENT);

        assertThat(text.subject()).isEqualTo("[DATABASE.LOST] gone for good");
        assertThat(text.body()).isEqualTo("""
                        gone
                        for good

                        tag: DATABASE.LOST
                        id: id-7
                        key: db-7
                        position: 7
                        event_time: 2023-11-14T22:13:20Z
                        attributes.evil: {payload}{attributes.evil}
                        attributes.zone: eu

                        {"a":"ż"}
                        """);
    }

    @Test
    void eventTime_isThatOfIngest_ifThereIsNone() {
        assertThat(MailTemplate.of("", "{event_time}")
                        .render(withPayload(Event.newBuilder()))
                        .body())
                .isEqualTo("2023-11-14T22:13:20.000001Z");
    }

    @Test
    void emptyEvent_isAnEmptyText() {
        assertThat(MailTemplate.of("{message}", "{payload}{key}").render(withPayload(Event.newBuilder())))
                .isEqualTo(new MailText("", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "ż", "€", "\uD83D\uDE00"})
    void payload_isCut_betweenCharacters(String character) {
        int width = character.getBytes(UTF_8).length;
        for (int shift = 0; shift < width; shift++) {
            String text = "x".repeat(shift) + character.repeat(20_000);
            int whole = (PayloadText.BYTES_MAX - shift) / width;

            String cut = MailTemplate.of("", "{payload}")
                    .render(withPayload(Event.newBuilder().setData(ByteString.copyFromUtf8(text))))
                    .body();

            assertThat(cut).isEqualTo("x".repeat(shift) + character.repeat(whole));
        }
    }

    @Test
    void payloadThatIsNoText_isBase64() {
        byte[] bytes = new byte[20_000];
        bytes[5] = -1;

        String small = MailTemplate.of("", "{payload}")
                .render(withPayload(Event.newBuilder().setData(ByteString.copyFrom(new byte[] {-1, 0}))))
                .body();
        String large = MailTemplate.of("", "{payload}")
                .render(withPayload(Event.newBuilder().setData(ByteString.copyFrom(bytes))))
                .body();

        assertThat(small).isEqualTo("/wA=");
        assertThat(Base64.getDecoder().decode(large)).hasSize(PayloadText.BYTES_MAX);
    }

    @Test
    void texts_areBounded_howeverOftenTheyAreAskedFor() {
        LogEvent event = withPayload(
                Event.newBuilder().setMessage("\uD83D\uDE00".repeat(1_000)).setJson("\"" + "x".repeat(30_000) + "\""));

        MailText text = MailTemplate.of("x{message}".repeat(18), "{payload}".repeat(1_800))
                .render(event);

        assertThat(text.subject()).hasSize(MailTemplate.SUBJECT_CHARS_MAX - 1);
        assertThat(text.body()).hasSize(MailTemplate.BODY_CHARS_MAX);
    }

    @Test
    void templates_areBounded() {
        assertThat(MailTemplate.of("\uD83D\uDE00".repeat(200), "x".repeat(16 << 10)))
                .isNotNull();
        assertThatThrownBy(() -> MailTemplate.of("x".repeat(201), ""))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("subject_template: has 201 characters");
        assertThatThrownBy(() -> MailTemplate.of("", "x".repeat((16 << 10) + 1)))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("body_template: has 16385 characters");
    }
}
