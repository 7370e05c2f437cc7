package io.eventsync.server.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.eventsync.v1.Event;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class StoredBodyTest {
    private static final Event FULL = Event.newBuilder()
            .setKey("k")
            .setMessage("m")
            .setJson("{}")
            .setContentType("c")
            .putAttributes("a", "1")
            .putAttributes("b", "2")
            .setEventTime(
                    com.google.protobuf.Timestamp.newBuilder().setSeconds(5).setNanos(6))
            .setTraceparent("t")
            .build();

    @Test
    void keyAndAttributes_areWhatTheContractsParserReads() throws InvalidProtocolBufferException {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            byte[] body = shuffled(TestEvents.randomContent(random), random);

            Event parsed = Event.parseFrom(body);
            assertThat(StoredBody.key(body)).as("seed %d", seed).isEqualTo(parsed.getKey());
            assertThat(StoredBody.attributes(body)).as("seed %d", seed).isEqualTo(parsed.getAttributesMap());
        }
    }

    @Test
    void keyAndAttributes_areRead_whenTheirNumbersComeWithAnotherType() {
        byte[] body = with(
                FULL,
                unknown -> unknown.mergeVarintField(StoredBody.KEY, 300)
                        .mergeVarintField(StoredBody.ATTRIBUTES, 7)
                        .mergeField(
                                StoredBody.KEY,
                                UnknownFieldSet.Field.newBuilder()
                                        .addFixed64(1)
                                        .addGroup(UnknownFieldSet.getDefaultInstance())
                                        .build()));

        assertThat(StoredBody.key(body)).isEqualTo("k");
        assertThat(StoredBody.attributes(body)).isEqualTo(Map.of("a", "1", "b", "2"));
    }

    @Test
    void content_isTheSame_whateverTheOrderOfFieldsAndEntries() {
        for (int seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            Event event = TestEvents.randomContent(random);

            assertThat(StoredBody.sameContent(shuffled(event, random), shuffled(event, random)))
                    .as("seed %d", seed)
                    .isTrue();
        }
    }

    @Test
    void content_isTheSame_exactlyWhenTheMessagesAreEqualButForTheirTrace() {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            Event a = TestEvents.randomContent(random);
            Event b = TestEvents.randomContent(random);

            assertThat(StoredBody.sameContent(a.toByteArray(), b.toByteArray()))
                    .as("seed %d", seed)
                    .isEqualTo(a.toBuilder()
                            .clearTraceparent()
                            .build()
                            .equals(b.toBuilder().clearTraceparent().build()));
        }
    }

    @Test
    void content_differs_whenAnyOneThingDoes() {
        List<Consumer<Event.Builder>> changes = List.of(
                e -> e.setKey("K"),
                e -> e.clearKey(),
                e -> e.setMessage("M"),
                e -> e.setJson("{ }"),
                e -> e.setData(ByteString.copyFromUtf8("{}")),
                e -> e.clearPayload(),
                e -> e.setContentType("C"),
                e -> e.putAttributes("a", "2"),
                e -> e.putAttributes("c", "3"),
                e -> e.removeAttributes("a"),
                e -> e.getEventTimeBuilder().setNanos(7),
                e -> e.clearEventTime());

        for (int i = 0; i < changes.size(); i++) {
            Event.Builder changed = FULL.toBuilder();
            changes.get(i).accept(changed);

            assertThat(StoredBody.sameContent(
                            FULL.toByteArray(), changed.build().toByteArray()))
                    .as("change %d", i)
                    .isFalse();
        }
    }

    /** A retry is a span of its own. */
    @Test
    void content_isTheSame_inAnotherTrace() {
        byte[] other = FULL.toBuilder().setTraceparent("T").build().toByteArray();
        byte[] none = FULL.toBuilder().clearTraceparent().build().toByteArray();

        assertThat(StoredBody.sameContent(FULL.toByteArray(), other)).isTrue();
        assertThat(StoredBody.sameContent(none, FULL.toByteArray())).isTrue();
    }

    @Test
    void content_differs_whenAFieldThatNobodyKnowsDoes() {
        byte[] plain = FULL.toByteArray();
        byte[] varint = with(FULL, u -> u.mergeVarintField(99, 1));
        byte[] fixed32 = with(FULL, u -> u.mergeField(99, field().addFixed32(1).build()));
        byte[] fixed64 = with(FULL, u -> u.mergeField(99, field().addFixed64(1).build()));
        byte[] otherFixed64 =
                with(FULL, u -> u.mergeField(99, field().addFixed64(2).build()));
        byte[] twice = with(FULL, u -> u.mergeVarintField(99, 2).mergeVarintField(99, 1));
        List<byte[]> all = List.of(plain, varint, fixed32, fixed64, otherFixed64, twice);

        for (byte[] a : all) {
            for (byte[] b : all) {
                assertThat(StoredBody.sameContent(a, b)).isEqualTo(a == b);
            }
        }
    }

    private static UnknownFieldSet.Field.Builder field() {
        return UnknownFieldSet.Field.newBuilder();
    }

    private static byte[] with(Event event, Consumer<UnknownFieldSet.Builder> more) {
        UnknownFieldSet.Builder unknown = UnknownFieldSet.newBuilder();
        more.accept(unknown);
        return event.toBuilder().setUnknownFields(unknown.build()).build().toByteArray();
    }

    /** The same message with its fields and entries in another order. */
    static byte[] shuffled(Event event, Random random) {
        List<byte[]> parts = new ArrayList<>();
        event.getAllFields().forEach((field, value) -> {
            if (field.isMapField()) {
                event.getAttributesMap()
                        .forEach((k, v) -> parts.add(
                                Event.newBuilder().putAttributes(k, v).build().toByteArray()));
            } else {
                parts.add(Event.newBuilder().setField(field, value).build().toByteArray());
            }
        });
        Collections.shuffle(parts, random);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        parts.forEach(body::writeBytes);
        return body.toByteArray();
    }
}
