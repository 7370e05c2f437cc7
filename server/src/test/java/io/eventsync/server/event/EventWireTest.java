package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import io.eventsync.v1.Event;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventWireTest {
    @Test
    void storedBodyAndColumns_areTheEvent() throws InvalidProtocolBufferException {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            Event content = TestEvents.randomContent(random);
            long position = 1 + (random.nextLong() >>> (1 + random.nextInt(62)));
            long micros = random.nextLong() / 1_000_000;
            String id = "id-" + random.nextInt();

            byte[] wire = new LogEvent(position, micros, 1, "A.B", id, content.toByteArray()).wire();

            assertThat(Event.parseFrom(wire))
                    .as("seed %d", seed)
                    .isEqualTo(content.toBuilder()
                            .setId(id)
                            .setTag("A.B")
                            .setPosition(position)
                            .setIngestTime(Timestamp.newBuilder()
                                    .setSeconds(Math.floorDiv(micros, 1_000_000L))
                                    .setNanos((int) Math.floorMod(micros, 1_000_000L) * 1_000))
                            .build());
        }
    }

    @Test
    void wire_givesTheEventBack() {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            LogEvent event = new LogEvent(
                    1 + (random.nextLong() >>> (1 + random.nextInt(62))),
                    random.nextLong() / 1_000_000,
                    7,
                    "A.B",
                    "id-" + random.nextInt(),
                    StoredBodyTest.shuffled(TestEvents.randomContent(random), random));

            LogEvent again = LogEvent.fromWire(event.wire());

            assertThat(again.wire()).as("seed %d", seed).isEqualTo(event.wire());
            assertThat(again.bodyBytes()).as("seed %d", seed).isEqualTo(event.bodyBytes());
            assertThat(again.position()).isEqualTo(event.position());
            assertThat(again.ingestMicros()).isEqualTo(event.ingestMicros());
            assertThat(again.id()).isEqualTo(event.id());
            assertThat(again.tag()).isEqualTo("A.B");
            assertThat(again.tagId()).isZero();
        }
    }

    @Test
    void wire_ofAnotherWriter_isTheSameEvent() throws InvalidProtocolBufferException {
        Random random = new Random(1);
        for (int seed = 0; seed < 1_000; seed++) {
            Event content = TestEvents.randomContent(random);
            Event whole = content.toBuilder()
                    .setId("i")
                    .setTag("T")
                    .setPosition(3)
                    .setIngestTime(Timestamp.newBuilder().setSeconds(5).setNanos(6_000))
                    .build();

            LogEvent event = LogEvent.fromWire(StoredBodyTest.shuffled(whole, random));

            assertThat(Event.parseFrom(event.wire())).isEqualTo(whole);
            assertThat(event.bodyBytes()).isEqualTo(content.getSerializedSize());
        }
    }

    @Test
    void wire_isRefused_whenCut() {
        byte[] wire = TestEvents.event(1, "A", "key").wire();

        assertThatThrownBy(() -> LogEvent.fromWire(Arrays.copyOf(wire, wire.length - 1)))
                .isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void wire_isMadeOnce() {
        LogEvent event = TestEvents.event(1, "A");

        assertThat(event.wire()).isSameAs(event.wire());
    }

    @Test
    void fieldNumbers_areThoseOfTheContract() {
        assertThat(number("id")).isEqualTo(EventWire.ID);
        assertThat(number("tag")).isEqualTo(EventWire.TAG);
        assertThat(number("position")).isEqualTo(EventWire.POSITION);
        assertThat(number("ingest_time")).isEqualTo(EventWire.INGEST_TIME);
        assertThat(number("key")).isEqualTo(StoredBody.KEY);
        assertThat(number("attributes")).isEqualTo(StoredBody.ATTRIBUTES);
        assertThat(number("message")).isEqualTo(ContentReader.MESSAGE);
        assertThat(number("json")).isEqualTo(ContentReader.JSON);
        assertThat(number("data")).isEqualTo(ContentReader.DATA);
        assertThat(number("content_type")).isEqualTo(ContentReader.CONTENT_TYPE);
        assertThat(number("event_time")).isEqualTo(ContentReader.EVENT_TIME);
        assertThat(number("traceparent")).isEqualTo(ContentReader.TRACEPARENT);
        assertThat(number("producer")).isEqualTo(ContentReader.PRODUCER);
        FieldDescriptor attributes = Event.getDescriptor().findFieldByName("attributes");
        assertThat(attributes.getMessageType().findFieldByName("key").getNumber())
                .isEqualTo(1);
        assertThat(attributes.getMessageType().findFieldByName("value").getNumber())
                .isEqualTo(2);
        assertThat(Timestamp.SECONDS_FIELD_NUMBER).isEqualTo(1);
        assertThat(Timestamp.NANOS_FIELD_NUMBER).isEqualTo(2);
    }

    private static int number(String field) {
        return Event.getDescriptor().findFieldByName(field).getNumber();
    }
}
