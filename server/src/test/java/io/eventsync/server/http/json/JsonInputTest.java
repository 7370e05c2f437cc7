package io.eventsync.server.http.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import io.eventsync.server.failure.Failure;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.Event;
import io.eventsync.v1.ExponentialBackoff;
import io.eventsync.v1.Filter;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.RetryPolicy;
import io.eventsync.v1.SignatureScheme;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.UpdateEndpointRequest;
import io.eventsync.v1.Webhook;
import io.eventsync.v1.WebhookFormat;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonInputTest {
    private static final CreateEndpointRequest FULL = CreateEndpointRequest.newBuilder()
            .setEndpoint(Endpoint.newBuilder()
                    .setName("n")
                    .setFilter(Filter.newBuilder()
                            .addTagPrefixes("A")
                            .addTagPrefixes("B.é\uD83D\uDE00")
                            .putAttributes("k", "v")
                            .putAttributes("", ""))
                    .setRetryPolicy(RetryPolicy.newBuilder()
                            .setExponential(ExponentialBackoff.newBuilder()
                                    .setFactor(1.5)
                                    .setMaxAttempts(7)
                                    .setInitialDelay(com.google.protobuf.Duration.newBuilder()
                                            .setSeconds(1)
                                            .setNanos(1)))
                            .addNoRetryStatuses(400)
                            .addNoRetryStatuses(422))
                    .setWebhook(Webhook.newBuilder()
                            .setUrl("https://example.org/?a=b")
                            .setFormat(WebhookFormat.WEBHOOK_FORMAT_RAW)
                            .addSignatureSchemes(SignatureScheme.SIGNATURE_SCHEME_ED25519)))
            .setStart(Start.newBuilder().setAfterPosition(Long.MAX_VALUE))
            .setPaused(true)
            .build();

    private static <B extends Message.Builder> B read(String json, B into) {
        JsonInput.merge(json.getBytes(StandardCharsets.UTF_8), into, "");
        return into;
    }

    private static Failure refusal(String json, Message.Builder into) {
        return catchThrowableOfType(Failure.class, () -> read(json, into));
    }

    @Test
    void message_isReadAsWritten_inEitherStyleOfNames() throws InvalidProtocolBufferException {
        String camel = JsonFormat.printer().print(FULL);
        String snake = JsonFormat.printer().preservingProtoFieldNames().print(FULL);

        assertThat(snake).contains("tag_prefixes").isNotEqualTo(camel);
        assertThat(read(camel, CreateEndpointRequest.newBuilder()).build()).isEqualTo(FULL);
        assertThat(read(snake, CreateEndpointRequest.newBuilder()).build()).isEqualTo(FULL);
    }

    @Test
    void wellKnownTypes_areRead() {
        Event event = read("{\"eventTime\":\"2026-01-02T03:04:05.5+01:00\",\"data\":\"-_8\"}", Event.newBuilder())
                .build();

        assertThat(event.getEventTime())
                .isEqualTo(Timestamp.newBuilder()
                        .setSeconds(1767319445)
                        .setNanos(500_000_000)
                        .build());
        assertThat(event.getData()).isEqualTo(ByteString.copyFrom(new byte[] {(byte) 0xfb, (byte) 0xff}));
        assertThat(read("{\"updateMask\":\"rateLimit,webhook.url\"}", UpdateEndpointRequest.newBuilder())
                        .getUpdateMask()
                        .getPathsList())
                .containsExactly("rate_limit", "webhook.url");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "\"5\"", "5.0", "\"5e0\"", "50e-1"})
    void number_isRead_inAllFormsOfProtoJson(String five) {
        assertThat(read("{\"afterPosition\":" + five + "}", Start.newBuilder()).getAfterPosition())
                .isEqualTo(5);
    }

    @Test
    void nullMember_isAsIfItWereNotThere() {
        assertThat(read("{\"event\":null}", IngestRequest.newBuilder()).build())
                .isEqualTo(IngestRequest.getDefaultInstance());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"event\":{\"tagg\":\"A\"}} | event.tagg",
                "{\"event\":{\"tag\":5}} | event.tag",
                "{\"event\":{\"tag\":[\"A\"]}} | event.tag",
                "{\"event\":{\"tag\":\"A\",\"tag\":\"B\"}} | event.tag",
                "{\"event\":{\"contentType\":\"A\",\"content_type\":\"B\"}} | event.content_type",
                "{\"event\":[]} | event",
                "{\"event\":\"A\"} | event",
                "{\"event\":{\"json\":{}}} | event.json",
                "{\"event\":{\"json\":\"1\",\"data\":\"AA==\"}} | event.data",
                "{\"event\":{\"data\":\"!\"}} | event.data",
                "{\"event\":{\"message\":\"\\ud800\"}} | event.message",
                "{\"event\":{\"message\":\"\\udc00\\ud800\"}} | event.message",
                "{\"event\":{\"eventTime\":\"yesterday\"}} | event.event_time",
                "{\"event\":{\"eventTime\":{\"seconds\":1}}} | event.event_time",
                "{\"event\":{\"position\":9223372036854775808}} | event.position",
                "{\"event\":{\"position\":1e999999999}} | event.position",
                "{\"event\":{\"position\":1.5}} | event.position",
                "{\"event\":{\"position\":\"12abc\"}} | event.position",
                "{\"event\":{\"position\":\"\u0661\"}} | event.position",
                "{\"event\":{\"position\":true}} | event.position",
                "{\"event\":{\"attributes\":{\"a\":1}}} | event.attributes.a",
                "{\"event\":{\"attributes\":{\"a\":null}}} | event.attributes.a",
                "{\"event\":{\"attributes\":{\"a\":\"1\",\"a\":\"1\"}}} | event.attributes.a",
                "{\"event\":{\"attributes\":[]}} | event.attributes",
            })
    void field_isNamed_whenItIsNotAsItShould(String json, String path) {
        Failure refused = refusal(json, IngestRequest.newBuilder());

        assertThat(refused.violations())
                .extracting(Failure.FieldViolation::field)
                .containsExactly(path);
    }

    @Test
    void field_isNamed_deepInside() {
        assertThat(refusal("{\"events\":[{\"tag\":\"A\"},{\"x\":1}]}", IngestBatchRequest.newBuilder())
                        .violations()
                        .get(0)
                        .field())
                .isEqualTo("events[1].x");
        assertThat(refusal("{\"start\":{\"anchor\":\"anchor_now\"}}", SyncRequest.newBuilder())
                        .getMessage())
                .startsWith("start.anchor: is none of ANCHOR_UNSPECIFIED, ANCHOR_BEGINNING");
        assertThat(refusal("{\"filter\":{\"tagPrefixes\":[null]}}", SyncRequest.newBuilder())
                        .getMessage())
                .startsWith("filter.tag_prefixes[0]: must be a string, at line 1, column 27");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"event\":{}",
                "{}{}",
                "{} x",
                "[]",
                "null",
                "\"a\"",
                "5",
                "\uFEFF{}",
                "{'event':{}}",
                "{event:{}}",
                "{\"event\":{},}",
                "{\"event\":NaN}",
                "{} // comment",
                "{\"event\":{\"position\":01}}",
                "{\"event\":{\"tag\":\"a\u0001\"}}",
                "\u0000{}",
                "{\u0000}",
            })
    void text_isRefused_whenItIsNotJson(String text) {
        assertThat(refusal(text, IngestRequest.newBuilder()).reason().name()).isEqualTo("MESSAGE_MALFORMED");
    }

    @Test
    void text_isRefused_withItsPlace() {
        Failure refused = refusal("{\n  \"event\": nope}", IngestRequest.newBuilder());

        assertThat(refused.getMessage()).endsWith("at byte 13, line 2, column 12");
        assertThat(refused.metadata()).containsEntry("line", "2");
    }

    @Test
    void text_isRefused_whenItIsNotUtf8OrTooDeep() {
        byte[] overlong = "{\"event\":{\"tag\":\"..\"}}".getBytes(StandardCharsets.UTF_8);
        overlong[17] = (byte) 0xc0;
        overlong[18] = (byte) 0x80;

        assertThat(catchThrowableOfType(Failure.class, () -> JsonInput.merge(overlong, IngestRequest.newBuilder(), ""))
                        .getMessage())
                .contains("not UTF-8");
        assertThat(refusal("{\"event\":" + "[".repeat(10_000), IngestRequest.newBuilder()))
                .isNotNull();
    }
}
