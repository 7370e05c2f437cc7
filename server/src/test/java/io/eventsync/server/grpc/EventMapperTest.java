package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.eventsync.server.config.TestSettings;
import io.eventsync.server.event.Appended;
import io.eventsync.server.event.EventLimits;
import io.eventsync.server.event.NewEvent;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestResult;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventMapperTest {
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final EventMapper mapper = new EventMapper(EventLimits.from(TestSettings.defaults(EventLimits.SETTINGS)));

    static Stream<Arguments> limits() {
        return Stream.of(
                limit("id", 128, (e, n) -> e.setId("x".repeat(n))),
                limit("tag", 200, (e, n) -> e.setTag("x".repeat(n))),
                limit("key", 256, (e, n) -> e.setKey("x".repeat(n))),
                limit("key", 256, (e, n) -> e.setKey("\u00e4".repeat(127) + "x".repeat(n - 254))),
                limit("message", 4 << 10, (e, n) -> e.setMessage("x".repeat(n))),
                limit("json", 256 << 10, (e, n) -> e.setJson("\"" + "x".repeat(n - 2) + "\"")),
                limit("data", 256 << 10, (e, n) -> e.setData(ByteString.copyFrom(new byte[n]))),
                limit("content_type", 128, (e, n) -> e.setContentType("x".repeat(n))),
                limit("attributes", 32, (e, n) -> {
                    for (int i = 0; i < n; i++) {
                        e.putAttributes("k" + i, "");
                    }
                }),
                limit("attributes", 64, (e, n) -> e.putAttributes("k".repeat(n), "")),
                limit("attributes", 256, (e, n) -> e.putAttributes("k", "v".repeat(n))),
                limit(
                        "event_time",
                        999_999_999,
                        (e, n) -> e.setEventTime(Timestamp.newBuilder().setNanos(n))));
    }

    private interface Setter {
        void set(Event.Builder event, int size);
    }

    private static Arguments limit(String field, int max, Setter setter) {
        return Arguments.of(field, max, setter);
    }

    @ParameterizedTest
    @MethodSource("limits")
    void field_isAcceptedAtItsLimit_andRefusedAboveIt(String field, int max, Setter setter) {
        Event.Builder atLimit = minimal();
        setter.set(atLimit, max);
        Event.Builder above = minimal();
        setter.set(above, max + 1);

        assertThatCode(() -> mapper.toNew(atLimit.build(), "event")).doesNotThrowAnyException();
        assertRefused(above, field);
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("tag", e -> e.clearTag()),
                mistake("tag", e -> e.setTag("$SYSTEM.X")),
                mistake("id", e -> e.setId("a\nb")),
                mistake("id", e -> e.setId("a\u0000")),
                mistake("id", e -> e.setId("\u0085")),
                mistake("key", e -> e.setKey("a\u0000b")),
                mistake("message", e -> e.setMessage("\u0000")),
                mistake("content_type", e -> e.setContentType("\u0000")),
                mistake("json", e -> e.setJson("")),
                mistake("json", e -> e.setJson("{")),
                mistake("attributes", e -> e.putAttributes("", "v")),
                mistake("attributes", e -> e.putAttributes("k\u0000", "v")),
                mistake("attributes", e -> e.putAttributes("k", "v\u0000")),
                mistake("event_time", e -> e.setEventTime(Timestamp.newBuilder().setNanos(-1))),
                mistake("event_time", e -> e.setEventTime(Timestamp.newBuilder().setSeconds(-62_135_596_801L))),
                mistake("event_time", e -> e.setEventTime(Timestamp.newBuilder().setSeconds(253_402_300_800L))));
    }

    private static Arguments mistake(String field, Consumer<Event.Builder> change) {
        return Arguments.of(field, change);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void field_isRefusedByName_whenItBreaksItsRule(String field, Consumer<Event.Builder> change) {
        Event.Builder event = minimal();
        change.accept(event);

        assertRefused(event, field);
    }

    @ParameterizedTest
    @ValueSource(longs = {-62_135_596_800L, 0, 253_402_300_799L})
    void eventTime_isAccepted_fromYear1To9999(long seconds) {
        Event event = minimal()
                .setEventTime(Timestamp.newBuilder().setSeconds(seconds))
                .build();

        assertThatCode(() -> mapper.toNew(event, "event")).doesNotThrowAnyException();
    }

    @Test
    void traceparent_isHeldToItsForm() {
        assertThatCode(() -> mapper.toNew(minimal().setTraceparent(TRACE).build(), "event"))
                .doesNotThrowAnyException();

        assertRefused(minimal().setTraceparent(TRACE + "0"), "traceparent");
        assertRefused(minimal().setTraceparent(TRACE.substring(1)), "traceparent");
        assertRefused(minimal().setTraceparent(TRACE.toUpperCase(java.util.Locale.ROOT)), "traceparent");
        assertRefused(minimal().setTraceparent(TRACE.replace('-', '_')), "traceparent");
    }

    @Test
    void body_isTheEvent_withoutColumnsAndWhatOnlyTheServerSets() throws Exception {
        Event event = minimal()
                .setId("id")
                .setKey("k")
                .setJson("{ \"b\":1,\"a\":2 }")
                .putAttributes("x", "1")
                .setPosition(99)
                .setIngestTime(Timestamp.newBuilder().setSeconds(1))
                .setProducer("forged")
                .build();

        NewEvent made = mapper.toNew(event, "event");

        assertThat(made.id()).isEqualTo("id");
        assertThat(made.idFromProducer()).isTrue();
        assertThat(made.tag()).isEqualTo("A");
        assertThat(Event.parseFrom(made.body()))
                .isEqualTo(Event.newBuilder()
                        .setKey("k")
                        .setJson("{ \"b\":1,\"a\":2 }")
                        .putAttributes("x", "1")
                        .build());
    }

    @Test
    void id_isMade_whenTheProducerGaveNone() {
        NewEvent first = mapper.toNew(minimal().build(), "event");
        NewEvent second = mapper.toNew(minimal().build(), "event");

        assertThat(first.idFromProducer()).isFalse();
        assertThat(first.id()).matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(second.id()).isNotEqualTo(first.id());
    }

    @Test
    void result_saysWhatBecameOfTheEvent() {
        assertThat(EventMapper.result(new Appended("id", 7, -1, true)))
                .isEqualTo(IngestResult.newBuilder()
                        .setId("id")
                        .setPosition(7)
                        .setIngestTime(Timestamp.newBuilder().setSeconds(-1).setNanos(999_999_000))
                        .setDeduplicated(true)
                        .build());
    }

    private static Event.Builder minimal() {
        return Event.newBuilder().setTag("A");
    }

    private void assertRefused(Event.Builder event, String field) {
        Failure refused = catchThrowableOfType(Failure.class, () -> mapper.toNew(event.build(), "events[3]"));

        assertThat(refused).as("refusal of %s", field).isNotNull();
        assertThat(refused.reason()).isEqualTo(Reason.FIELD_INVALID);
        assertThat(refused.violations())
                .extracting(Failure.FieldViolation::field)
                .containsExactly("events[3]." + field);
    }
}
