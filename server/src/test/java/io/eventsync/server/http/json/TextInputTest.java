package io.eventsync.server.http.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsync.server.failure.Failure;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Filter;
import io.eventsync.v1.GetEventRequest;
import io.eventsync.v1.ListAttemptsRequest;
import io.eventsync.v1.ListDeadLettersRequest;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.UpdateEndpointRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextInputTest {
    private final SyncRequest.Builder request = SyncRequest.newBuilder();
    private final TextInput input = new TextInput(request);

    @Test
    void parameters_fillNestedFields_inEitherStyle() {
        input.set("filter.tag_prefixes", "A");
        input.set("filter.tagPrefixes", "B");
        input.set("filter.attributes[a.b]", "1");
        input.set("filter.attributes.c.d", "2");
        input.set("start.anchor", "ANCHOR_NOW");
        input.set("wait", "1.5s");
        input.set("max_events", "7");

        assertThat(request.build())
                .isEqualTo(SyncRequest.newBuilder()
                        .setFilter(Filter.newBuilder()
                                .addTagPrefixes("A")
                                .addTagPrefixes("B")
                                .putAttributes("a.b", "1")
                                .putAttributes("c.d", "2"))
                        .setStart(Start.newBuilder().setAnchor(Anchor.ANCHOR_NOW))
                        .setWait(com.google.protobuf.Duration.newBuilder()
                                .setSeconds(1)
                                .setNanos(500_000_000))
                        .setMaxEvents(7)
                        .build());
    }

    @Test
    void parameters_haveTheirJsonForm() {
        ListAttemptsRequest.Builder attempts = ListAttemptsRequest.newBuilder();
        TextInput text = new TextInput(attempts);
        text.set("filter.outcomes", "ATTEMPT_OUTCOME_FAILED");
        text.set("filter.outcomes", "4");
        text.set("filter.startTime", "2026-01-01T00:00:00Z");
        ListDeadLettersRequest.Builder letters = ListDeadLettersRequest.newBuilder();
        new TextInput(letters).set("include_events", "true");

        assertThat(attempts.getFilter().getOutcomesValueList()).containsExactly(3, 4);
        assertThat(attempts.getFilter().getStartTime().getSeconds()).isEqualTo(1767225600);
        assertThat(letters.getIncludeEvents()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "nothing, x, nothing",
        "filter, x, filter",
        "filter.nothing, x, filter.nothing",
        "filter.tag_prefixes.x, x, filter.tag_prefixes.x",
        "filter.attributes, x, filter.attributes",
        "filter.attributes[x, x, filter.attributes",
        "filter[x], x, filter.x]",
        "max_events, , max_events",
        "max_events, 1x, max_events",
        "max_events, 2147483648, max_events",
        "wait, 5, wait",
        "wait, 5 minutes, wait",
        "wait.seconds, 5, wait.seconds",
        "start.anchor, NOW, start.anchor",
        "start.after_position, -, start.after_position",
        "'', x, ''",
        ".filter, x, ''",
    })
    void parameter_isRefused_whenItIsNoFieldOrNoValue(String name, String value, String field) {
        Failure refused = catchThrowableOfType(Failure.class, () -> input.set(name, value == null ? "" : value));

        assertThat(refused.violations())
                .extracting(Failure.FieldViolation::field)
                .containsExactly(field);
    }

    @ParameterizedTest
    @CsvSource({
        "max_events, 1, maxEvents, 1, max_events",
        "filter.attributes[a], 1, filter.attributes.a, 1, filter.attributes.a",
        "start.cursor, a, start.after_position, 1, start.after_position",
    })
    void parameter_isRefused_whenItSaysSomethingTwice(String a, String x, String b, String y, String field) {
        input.set(a, x);

        Failure refused = catchThrowableOfType(Failure.class, () -> input.set(b, y));

        assertThat(refused.violations())
                .extracting(Failure.FieldViolation::field)
                .containsExactly(field);
    }

    @Test
    void pathVariable_isSet_andHoldsAgainstTheRest() {
        UpdateEndpointRequest.Builder update = UpdateEndpointRequest.newBuilder();
        update.getEndpointBuilder().setName("other");

        Failure differs =
                catchThrowableOfType(Failure.class, () -> new TextInput(update).bind("endpoint.name", "mine"));
        update.getEndpointBuilder().setName("mine");
        new TextInput(update).bind("endpoint.name", "mine");

        assertThat(differs.getMessage()).isEqualTo("endpoint.name: is not the one of the path");
        assertThat(update.getEndpoint().getName()).isEqualTo("mine");
    }

    @Test
    void query_cannotReplaceAPathVariable() {
        GetEventRequest.Builder get = GetEventRequest.newBuilder();
        TextInput text = new TextInput(get);
        text.bind("id", "a");

        assertThat(catchThrowableOfType(Failure.class, () -> text.set("id", "b")))
                .isNotNull();
        assertThat(catchThrowableOfType(Failure.class, () -> text.set("position", "1")))
                .isNotNull();
        assertThat(get.getId()).isEqualTo("a");
    }
}
