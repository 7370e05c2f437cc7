package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.eventsync.server.event.EventContent.Data;
import io.eventsync.server.event.EventContent.Json;
import io.eventsync.server.event.EventContent.NoPayload;
import io.eventsync.v1.Event;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventContentTest {
    @Test
    void content_isWhatTheContractsParserReads() throws InvalidProtocolBufferException {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            Event event = TestEvents.randomContent(random).toBuilder()
                    .setProducer(random.nextBoolean() ? "eve" : "")
                    .build();
            byte[] body = StoredBodyTest.shuffled(event, random);

            EventContent content = new LogEvent(1, 2, 3, "A", "id", body).content();

            assertSame(content, Event.parseFrom(body), seed);
        }
    }

    @Test
    void content_isWhatTheContractsParserReads_whenFieldsComeTwice() throws InvalidProtocolBufferException {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            byte[] a = TestEvents.randomContent(random).toByteArray();
            byte[] b = TestEvents.randomContent(random).toByteArray();
            byte[] body = new byte[a.length + b.length];
            System.arraycopy(a, 0, body, 0, a.length);
            System.arraycopy(b, 0, body, a.length, b.length);

            assertSame(ContentReader.read(body), Event.parseFrom(body), seed);
        }
    }

    private static void assertSame(EventContent content, Event parsed, int seed) {
        assertThat(content.key()).as("seed %d", seed).isEqualTo(parsed.getKey());
        assertThat(content.message()).as("seed %d", seed).isEqualTo(parsed.getMessage());
        assertThat(content.contentType()).as("seed %d", seed).isEqualTo(parsed.getContentType());
        assertThat(content.traceparent()).as("seed %d", seed).isEqualTo(parsed.getTraceparent());
        assertThat(content.producer()).as("seed %d", seed).isEqualTo(parsed.getProducer());
        assertThat(content.attributes()).as("seed %d", seed).isEqualTo(parsed.getAttributesMap());
        assertThat(List.copyOf(content.attributes().keySet()))
                .as("seed %d", seed)
                .isSorted();
        assertThat(content.eventTime())
                .as("seed %d", seed)
                .isEqualTo(
                        parsed.hasEventTime()
                                ? Optional.of(Instant.ofEpochSecond(
                                        parsed.getEventTime().getSeconds(),
                                        parsed.getEventTime().getNanos()))
                                : Optional.empty());
        switch (parsed.getPayloadCase()) {
            case JSON -> assertThat(content.payload()).isInstanceOf(Json.class);
            case DATA -> assertThat(content.payload()).isInstanceOf(Data.class);
            case PAYLOAD_NOT_SET -> assertThat(content.payload()).isInstanceOf(NoPayload.class);
        }
        byte[] payload = parsed.hasJson()
                ? parsed.getJsonBytes().toByteArray()
                : parsed.getData().toByteArray();
        assertThat(content.payload().bytes()).as("seed %d", seed).isEqualTo(payload);
    }

    @Test
    void key_isReadAlone() {
        assertThat(TestEvents.event(1, "A", "order-7").key()).isEqualTo("order-7");
    }

    @Test
    void brokenBody_isNotReadHalf() {
        assertThatThrownBy(() -> ContentReader.read(new byte[] {26, 5, 'a'})).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void ownEvent_isWhatTheContractsWriterMakes() {
        NewEvent event = NewEvent.json("id", "$SYSTEM.ENDPOINT.DISABLED", "orders", "gone", "{\"a\":\"\u017c\"}");

        assertThat(event.id()).isEqualTo("id");
        assertThat(event.idFromProducer()).isTrue();
        assertThat(event.tag()).isEqualTo("$SYSTEM.ENDPOINT.DISABLED");
        assertThat(event.body())
                .isEqualTo(Event.newBuilder()
                        .setKey("orders")
                        .setMessage("gone")
                        .setJson("{\"a\":\"\u017c\"}")
                        .build()
                        .toByteArray());
        assertThat(NewEvent.json("id", "T", "", "", "{}").body())
                .isEqualTo(Event.newBuilder().setJson("{}").build().toByteArray());
    }
}
