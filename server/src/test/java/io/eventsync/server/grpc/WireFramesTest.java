package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.TestEvents;
import io.eventsync.v1.Event;
import io.eventsync.v1.Gap;
import io.eventsync.v1.GetEventResponse;
import io.eventsync.v1.ListEventsResponse;
import io.eventsync.v1.SubscribeResponse;
import io.eventsync.v1.SyncResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireFramesTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 100, 1_000})
    void batch_isASubscribeResponse(int size) throws Exception {
        List<LogEvent> events = events(size);

        assertThat(SubscribeResponse.parseFrom(
                        WireFrames.batch("cursor", events).getBytes()))
                .isEqualTo(SubscribeResponse.newBuilder()
                        .setCursor("cursor")
                        .setBatch(SubscribeResponse.EventBatch.newBuilder().addAllEvents(parsed(events)))
                        .build());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100})
    void sync_isASyncResponse(int size) throws Exception {
        List<LogEvent> events = events(size);
        SyncResponse rest = SyncResponse.newBuilder()
                .setCursor("cursor")
                .setUpToDate(true)
                .setHeadPosition(9)
                .setLagEvents(4)
                .setGap(Gap.newBuilder().setMissedEvents(3))
                .build();

        assertThat(SyncResponse.parseFrom(WireFrames.sync(rest, events).getBytes()))
                .isEqualTo(rest.toBuilder().addAllEvents(parsed(events)).build());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100})
    void list_isAListEventsResponse(int size) throws Exception {
        List<LogEvent> events = events(size);
        ListEventsResponse rest =
                ListEventsResponse.newBuilder().setNextPageToken("token").build();

        assertThat(ListEventsResponse.parseFrom(WireFrames.list(rest, events).getBytes()))
                .isEqualTo(rest.toBuilder().addAllEvents(parsed(events)).build());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void single_isAGetEventResponse(long seed) throws Exception {
        LogEvent event = TestEvents.event(5, "A", TestEvents.randomContent(new Random(seed)));

        assertThat(GetEventResponse.parseFrom(WireFrames.single(event).getBytes()))
                .isEqualTo(GetEventResponse.newBuilder()
                        .setEvent(Event.parseFrom(event.wire()))
                        .build());
    }

    private static List<LogEvent> events(int size) {
        Random random = new Random(size);
        List<LogEvent> events = new ArrayList<>();
        for (int i = 1; i <= size; i++) {
            events.add(TestEvents.event(i, "A.B", TestEvents.randomContent(random)));
        }
        return events;
    }

    private static List<Event> parsed(List<LogEvent> events) throws InvalidProtocolBufferException {
        List<Event> parsed = new ArrayList<>();
        for (LogEvent event : events) {
            parsed.add(Event.parseFrom(event.wire()));
        }
        return parsed;
    }
}
