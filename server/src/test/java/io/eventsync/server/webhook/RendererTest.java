package io.eventsync.server.webhook;

import static io.eventsync.server.webhook.WebhookFormat.CLOUDEVENTS_BINARY;
import static io.eventsync.server.webhook.WebhookFormat.CLOUDEVENTS_STRUCTURED;
import static io.eventsync.server.webhook.WebhookFormat.LEGACY;
import static io.eventsync.server.webhook.WebhookFormat.RAW;
import static io.eventsync.server.webhook.WebhookFormat.STANDARD;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.TestEvents;
import io.eventsync.v1.Event;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RendererTest {
    private static final String SOURCE = "urn:eventsync:0b9f0c0e-8b1b-4f43-9d3c-2f0a4d1f7c11";
    private static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final Event FULL = Event.newBuilder()
            .setKey("db-7")
            .setMessage("gone")
            .setJson("{ \"b\" : 1.0, \"a\":[ ] }\n")
            .putAttributes("zone", "eu")
            .putAttributes("host", "n1")
            .setEventTime(Timestamp.newBuilder().setSeconds(1_700_000_000).setNanos(120_000_000))
            .setTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            .setProducer("eve")
            .build();

    private static LogEvent event(Event content) {
        return TestEvents.event(7, "DATABASE.CONNECTION.LOST", content);
    }

    private static WebhookBody render(Event content, WebhookFormat format) {
        return Renderer.render(event(content), format, SOURCE);
    }

    private static String text(WebhookBody body) {
        return new String(body.bytes(), UTF_8);
    }

    private static Map<String, String> headers(WebhookBody body) {
        Map<String, String> headers = new HashMap<>();
        body.headers().forEach(header -> headers.put(header.name(), header.value()));
        return headers;
    }

    @Test
    void standard_hasTheJsonByteForByte() {
        WebhookBody body = render(FULL, STANDARD);

        assertThat(text(body))
                .isEqualTo("{\"type\":\"DATABASE.CONNECTION.LOST\",\"timestamp\":\"2023-11-14T22:13:20.120Z\","
                        + "\"key\":\"db-7\",\"message\":\"gone\",\"attributes\":{\"host\":\"n1\",\"zone\":\"eu\"},"
                        + "\"data\":{ \"b\" : 1.0, \"a\":[ ] }\n}");
        assertThat(body.contentType()).isEqualTo("application/json");
        assertThat(body.headers()).isEmpty();
    }

    @Test
    void standard_leavesOutWhatIsNotThere_andTakesTheTimeOfIngest() {
        assertThat(text(render(Event.getDefaultInstance(), STANDARD)))
                .isEqualTo("{\"type\":\"DATABASE.CONNECTION.LOST\",\"timestamp\":\"2023-11-14T22:13:20.000007Z\","
                        + "\"data\":null}");
    }

    @Test
    void standard_hasBytesAsBase64() {
        Event content = Event.newBuilder()
                .setData(ByteString.copyFrom(new byte[] {-1, 0, 1}))
                .build();

        assertThat(text(render(content, STANDARD))).endsWith(",\"data\":\"/wAB\"}");
        assertThat(text(render(Event.newBuilder().setData(ByteString.EMPTY).build(), STANDARD)))
                .endsWith(",\"data\":\"\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1e400", "\"\\u0061\"", " [1 , 2] ", "{\"a\":1,\"a\":2}", "true", "0.10", "\"\uD83D\uDE00 ż\""})
    void json_isNeverRewritten(String json) {
        Event content = Event.newBuilder().setJson(json).build();

        assertThat(text(render(content, STANDARD))).endsWith(",\"data\":" + json + "}");
        assertThat(text(render(content, CLOUDEVENTS_STRUCTURED))).endsWith(",\"data\":" + json + "}");
        assertThat(text(render(content, RAW))).isEqualTo(json);
        assertThat(text(render(content, CLOUDEVENTS_BINARY))).isEqualTo(json);
    }

    @Test
    void texts_areEscaped_andKeepTheirCharacters() {
        Event content = Event.newBuilder()
                .setMessage("\"\\\u0001\n\u2028ż\uD83D\uDE00")
                .putAttributes("\"", "\t")
                .build();

        assertThat(text(render(content, STANDARD)))
                .contains("\"message\":\"\\\"\\\\\\u0001\\n\u2028ż\uD83D\uDE00\"")
                .contains("\"attributes\":{\"\\\"\":\"\\t\"}");
    }

    @ParameterizedTest
    @CsvSource({"-62135596800, 0, 0001-01-01T00:00:00Z", "253402300799, 999999999, 9999-12-31T23:59:59.999999999Z"})
    void timestamp_isIso_fromYear1To9999(long seconds, int nanos, String expected) {
        Event content = Event.newBuilder()
                .setEventTime(Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos))
                .build();

        assertThat(text(render(content, STANDARD))).contains("\"timestamp\":\"" + expected + "\"");
    }

    @Test
    void batch_hasEachEventWithItsIdAndCursor() {
        List<LogEvent> events = List.of(
                TestEvents.event(
                        1, "A.B", "i\"1", Event.newBuilder().setJson("1").build()),
                TestEvents.event(2, "C", "i2", Event.newBuilder().setKey("k").build()));

        WebhookBody body = Renderer.renderBatch(events, event -> "c" + event.position());

        assertThat(text(body))
                .isEqualTo("{\"events\":["
                        + "{\"id\":\"i\\\"1\",\"cursor\":\"c1\",\"type\":\"A.B\","
                        + "\"timestamp\":\"2023-11-14T22:13:20.000001Z\",\"data\":1},"
                        + "{\"id\":\"i2\",\"cursor\":\"c2\",\"type\":\"C\","
                        + "\"timestamp\":\"2023-11-14T22:13:20.000002Z\",\"key\":\"k\",\"data\":null}]}");
        assertThat(body.contentType()).isEqualTo("application/json");
        assertThat(text(Renderer.renderBatch(List.of(), event -> ""))).isEqualTo("{\"events\":[]}");
    }

    @Test
    void raw_isThePayloadAndItsType() {
        ByteString bytes = ByteString.copyFrom(new byte[] {-1, 0});

        WebhookBody json = render(FULL, RAW);
        WebhookBody typed =
                render(FULL.toBuilder().setContentType("application/ld+json").build(), RAW);
        WebhookBody data = render(Event.newBuilder().setData(bytes).build(), RAW);
        WebhookBody text = render(Event.newBuilder().setMessage("dzień").build(), RAW);

        assertThat(text(json)).isEqualTo(FULL.getJson());
        assertThat(json.contentType()).isEqualTo("application/json");
        assertThat(typed.contentType()).isEqualTo("application/ld+json");
        assertThat(data.bytes()).isEqualTo(bytes.toByteArray());
        assertThat(data.contentType()).isEqualTo("application/octet-stream");
        assertThat(text(text)).isEqualTo("dzień");
        assertThat(text.contentType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(render(Event.getDefaultInstance(), RAW).bytes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html\r\nx: y", "a\u0000b", "żółty", " text/html", "\u007F", "a\u0085"})
    void contentTypeThatNoHeaderCanSay_givesWayToTheDefault(String contentType) {
        Event json =
                Event.newBuilder().setJson("{}").setContentType(contentType).build();
        Event data = Event.newBuilder()
                .setData(ByteString.EMPTY)
                .setContentType(contentType)
                .build();

        assertThat(render(json, RAW).contentType()).isEqualTo("application/json");
        assertThat(render(data, RAW).contentType()).isEqualTo("application/octet-stream");
        assertThat(render(data, CLOUDEVENTS_BINARY).contentType()).isEqualTo("application/octet-stream");
    }

    @Test
    void cloudEventsBinary_hasTheAttributesAsHeaders() {
        WebhookBody body = render(FULL.toBuilder().setKey("Euro € 100%\n\"a\"").build(), CLOUDEVENTS_BINARY);

        assertThat(text(body)).isEqualTo(FULL.getJson());
        assertThat(body.contentType()).isEqualTo("application/json");
        assertThat(body.headers())
                .containsExactly(
                        new Header("ce-specversion", "1.0"),
                        new Header("ce-id", "id-7"),
                        new Header("ce-source", SOURCE),
                        new Header("ce-type", "DATABASE.CONNECTION.LOST"),
                        new Header("ce-time", "2023-11-14T22:13:20.120Z"),
                        new Header("ce-subject", "Euro%20%E2%82%AC%20100%25%0A%22a%22"),
                        new Header("ce-traceparent", FULL.getTraceparent()));
        assertThat(headers(render(Event.getDefaultInstance(), CLOUDEVENTS_BINARY)))
                .containsOnlyKeys("ce-specversion", "ce-id", "ce-source", "ce-type", "ce-time");
    }

    /** The examples of the HTTP binding 1.0.2, 3.1.3.2. */
    @ParameterizedTest
    @CsvSource({"Euro € \uD83D\uDE00, Euro%20%E2%82%AC%20%F0%9F%98%80", "!~, !~", "\u007F, %7F", "é, %C3%A9"})
    void headerValue_isPercentEncoded(String text, String encoded) {
        assertThat(CloudEvents.headerValue(text)).isEqualTo(encoded);
    }

    @Test
    void cloudEventsStructured_isOneObject() {
        WebhookBody body = render(FULL, CLOUDEVENTS_STRUCTURED);

        assertThat(text(body))
                .isEqualTo("{\"specversion\":\"1.0\",\"id\":\"id-7\",\"source\":\"" + SOURCE + "\","
                        + "\"type\":\"DATABASE.CONNECTION.LOST\",\"time\":\"2023-11-14T22:13:20.120Z\","
                        + "\"subject\":\"db-7\",\"traceparent\":\"" + FULL.getTraceparent() + "\","
                        + "\"datacontenttype\":\"application/json\",\"data\":" + FULL.getJson() + "}");
        assertThat(body.contentType()).isEqualTo("application/cloudevents+json");
        assertThat(body.headers()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json|\"data\":{}",
                "Application/JSON; charset=utf-8|\"data\":{}",
                "application/vnd.acme+json|\"data\":{}",
                "text/csv|\"data_base64\":\"e30=\""
            })
    void cloudEventsStructured_hasJsonAsData_underAJsonTypeOnly(String contentType, String data) {
        Event content =
                Event.newBuilder().setJson("{}").setContentType(contentType).build();

        assertThat(text(render(content, CLOUDEVENTS_STRUCTURED)))
                .endsWith("\"datacontenttype\":\"" + contentType + "\"," + data + "}");
    }

    @Test
    void cloudEventsStructured_hasBytesAsBase64_andAMessageAsText() {
        Event data = Event.newBuilder()
                .setData(ByteString.copyFrom(new byte[] {-1}))
                .setContentType("application/json")
                .build();
        Event message = Event.newBuilder().setMessage("gone").build();

        assertThat(text(render(data, CLOUDEVENTS_STRUCTURED)))
                .endsWith("\"datacontenttype\":\"application/json\",\"data_base64\":\"/w==\"}");
        assertThat(text(render(message, CLOUDEVENTS_STRUCTURED)))
                .endsWith("\"datacontenttype\":\"text/plain; charset=utf-8\",\"data\":\"gone\"}");
    }

    @ParameterizedTest
    @CsvSource({"DATABASE.CONNECTION.LOST, DATABASE, CONNECTION.LOST", "DATABASE, DATABASE, ''"})
    void legacy_splitsTheTag(String tag, String category, String code) {
        WebhookBody body = Renderer.render(TestEvents.event(1, tag, FULL), LEGACY, SOURCE);

        assertThat(text(body))
                .isEqualTo("{\"category\":\"" + category + "\",\"code\":\"" + code + "\",\"message\":\"gone\"}");
        assertThat(body.contentType()).isEqualTo("application/json");
    }

    @Test
    void anyEvent_becomesValidJson_thatSaysWhatTheEventSays() throws IOException {
        for (int seed = 0; seed < 10_000; seed++) {
            Random random = new Random(seed);
            Event content = wild(TestEvents.randomContent(random), random);
            LogEvent event = TestEvents.event(1, "A.B", randomText(random, 1), content);

            JsonObject standard = parsed(Renderer.render(event, STANDARD, SOURCE), seed);
            JsonObject batch = parsed(Renderer.renderBatch(List.of(event, event), e -> "c"), seed);
            JsonObject cloud = parsed(Renderer.render(event, CLOUDEVENTS_STRUCTURED, SOURCE), seed);
            JsonObject legacy = parsed(Renderer.render(event, LEGACY, SOURCE), seed);

            assertThat(standard.getString("message", "")).as("seed %d", seed).isEqualTo(content.getMessage());
            assertThat(standard.getString("key", "")).as("seed %d", seed).isEqualTo(content.getKey());
            assertThat(standard.getJsonObject("attributes", new JsonObject()).getMap())
                    .as("seed %d", seed)
                    .isEqualTo(content.getAttributesMap());
            if (content.hasData()) {
                assertThat(Base64.getDecoder().decode(standard.getString("data")))
                        .isEqualTo(content.getData().toByteArray());
            }
            JsonObject second = batch.getJsonArray("events").getJsonObject(1);
            assertThat(second.remove("id")).as("seed %d", seed).isEqualTo(event.id());
            assertThat(second.remove("cursor")).isEqualTo("c");
            assertThat(second).as("seed %d", seed).isEqualTo(standard);
            assertThat(cloud.getString("id")).as("seed %d", seed).isEqualTo(event.id());
            assertThat(legacy.getString("message")).as("seed %d", seed).isEqualTo(content.getMessage());
            for (Header header :
                    Renderer.render(event, CLOUDEVENTS_BINARY, SOURCE).headers()) {
                assertThat(header.value()).as("seed %d", seed).matches("[!#-$&-~%]*");
            }
        }
    }

    @Test
    void sameEvent_isTheSameBytes() {
        Event other = Event.newBuilder()
                .putAttributes("host", "n1")
                .putAttributes("zone", "eu")
                .mergeFrom(FULL.toBuilder().clearAttributes().build())
                .build();

        for (WebhookFormat format : WebhookFormat.values()) {
            assertThat(render(other, format).bytes())
                    .isEqualTo(render(FULL, format).bytes());
        }
    }

    private static JsonObject parsed(WebhookBody body, int seed) throws IOException {
        try (JsonParser parser = STRICT.createParser(body.bytes())) {
            while (parser.nextToken() != null) {
                // to the end
            }
        } catch (IOException e) {
            throw new IOException("seed " + seed + ": " + text(body), e);
        }
        return new JsonObject(text(body));
    }

    private static Event wild(Event content, Random random) {
        Event.Builder wild = content.toBuilder();
        if (random.nextBoolean()) {
            wild.setMessage(randomText(random, 0)).setKey(randomText(random, 0));
            wild.putAttributes(randomText(random, 1), randomText(random, 0));
        }
        if (random.nextInt(4) == 0) {
            wild.setJson(new JsonObject()
                    .put(randomText(random, 0), randomText(random, 0))
                    .encodePrettily());
        }
        return wild.build();
    }

    /** Any characters at all, but NUL and half ones. */
    private static String randomText(Random random, int min) {
        StringBuilder text = new StringBuilder();
        for (int i = min + random.nextInt(20); i > 0; i--) {
            int limit = List.of(0x20, 0x7F, 0x100, 0x3000, 0x11_0000).get(random.nextInt(5));
            int c = 1 + random.nextInt(limit - 1);
            text.appendCodePoint(c >= 0xD800 && c < 0xE000 ? '?' : c);
        }
        return text.toString();
    }
}
