package io.eventsync.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestStreamRequest;
import io.eventsync.v1.SubscribeResponse;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventTemplateTest {

    private final EventTemplate template = EventTemplate.create("abcd0123", 10, 256, true);

    @Test
    void message_decodesToEventsWithTheirNumbers() throws InvalidProtocolBufferException {
        IngestBatchRequest batch = IngestBatchRequest.parseFrom(template.message(1, 258, 3, new byte[0]));

        assertThat(batch.getEventsList())
                .extracting(Event::getId)
                .containsExactly("abcd01230000000000000102", "abcd01230000000000000103", "abcd01230000000000000104");
        assertThat(batch.getEventsList())
                .extracting(Event::getTag)
                .containsExactly("BENCH.T008", "BENCH.T009", "BENCH.T000");
        assertThat(batch.getEvents(0).getJson()).hasSize(256);
    }

    @Test
    void json_saysTheSame() throws IOException {
        JsonNode event = new ObjectMapper().readTree(template.json(258)).get("event");

        assertThat(event.get("id").asText()).isEqualTo("abcd01230000000000000102");
        assertThat(event.get("tag").asText()).isEqualTo("BENCH.T008");
        assertThat(event.get("json").asText()).hasSize(256);
        assertThat(new ObjectMapper().readTree(event.get("json").asText()).isObject())
                .isTrue();
    }

    @Test
    void message_keepsItsHead() throws IOException {
        byte[] head = new byte[2];
        CodedOutputStream.newInstance(head).writeInt64(1, 7);

        IngestStreamRequest append = IngestStreamRequest.parseFrom(template.message(2, 0, 1, head));

        assertThat(append.getSequence()).isEqualTo(7);
        assertThat(append.getEvents(0).getId()).isEqualTo("abcd01230000000000000000");
    }

    @Test
    void message_hasARareTag_onceInAHundredThousand() throws InvalidProtocolBufferException {
        EventTemplate growth = EventTemplate.create("abcd0123", GrowthTags.inTurn(), 16, true);

        IngestBatchRequest batch = IngestBatchRequest.parseFrom(growth.message(1, 99_999, 3, new byte[0]));

        assertThat(batch.getEventsList())
                .extracting(Event::getTag)
                .containsExactly("BENCH.T099", GrowthTags.RARE, GrowthTags.ONE_PERCENT);
        assertThat(batch.getEventsList()).extracting(Event::getId).doesNotHaveDuplicates();
        assertThat(GrowthTags.inTurn()).containsOnlyOnce(GrowthTags.RARE);
    }

    @Test
    void message_hasNoIds_whenTheServerMakesThem() throws InvalidProtocolBufferException {
        EventTemplate anonymous = EventTemplate.create("abcd0123", 10, 256, false);

        assertThat(IngestBatchRequest.parseFrom(anonymous.message(1, 5, 1, new byte[0]))
                        .getEvents(0)
                        .getId())
                .isEmpty();
    }

    @Test
    void scan_findsTheNumbersOfItsRun() {
        WireScan scan = new WireScan("abcd0123");
        List<Long> numbers = new ArrayList<>();

        scan.subscribeFrame(
                Buffer.buffer(SubscribeResponse.newBuilder()
                        .setCursor("c")
                        .setBatch(SubscribeResponse.EventBatch.newBuilder()
                                .addEvents(event("abcd012300000000000000ff"))
                                .addEvents(event("ffff012300000000000000fe"))
                                .addEvents(event("other"))
                                .addEvents(event(""))
                                .addEvents(event("abcd01230000000000000100")))
                        .build()
                        .toByteArray()),
                numbers::add);

        assertThat(numbers).containsExactly(255L, 256L);
        assertThat(scan.isStarted).isFalse();
    }

    @Test
    void scan_countsThePage() {
        WireScan scan = new WireScan("");

        scan.syncPage(Buffer.buffer(SyncResponse.newBuilder()
                .addEvents(event("a"))
                .addEvents(event("b"))
                .setCursor("next")
                .setUpToDate(true)
                .build()
                .toByteArray()));

        assertThat(scan.events).isEqualTo(2);
        assertThat(scan.cursor).isEqualTo("next");
        assertThat(scan.isUpToDate).isTrue();
    }

    private static Event event(String id) {
        return Event.newBuilder()
                .setId(id)
                .setTag("T")
                .setJson("{}")
                .setPosition(4)
                .build();
    }
}
