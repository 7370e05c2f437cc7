package io.eventsync.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.eventsync.server.TestServer;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpc;
import io.eventsync.v1.Filter;
import io.eventsync.v1.GetEventRequest;
import io.eventsync.v1.IngestBatchRequest;
import io.eventsync.v1.IngestBatchResponse;
import io.eventsync.v1.IngestRequest;
import io.eventsync.v1.IngestResult;
import io.eventsync.v1.IngestStreamRequest;
import io.eventsync.v1.IngestStreamResponse;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscribeResponse;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract as grpc-java sees it. */
@Timeout(60)
class GrpcJavaIT {
    private TestServer server;
    private ManagedChannel channel;
    private EventServiceGrpc.EventServiceBlockingStub events;

    @BeforeEach
    void start() {
        server = TestServer.start();
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
        events = EventServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        server.close();
    }

    @Test
    void ingest_andBatch_answerPositions() {
        IngestResult one = events.ingest(
                        IngestRequest.newBuilder().setEvent(event("one")).build())
                .getResult();
        IngestBatchResponse batch = events.ingestBatch(IngestBatchRequest.newBuilder()
                .addEvents(event("two"))
                .addEvents(event("one"))
                .addEvents(event(""))
                .build());

        assertThat(one.getPosition()).isEqualTo(1);
        assertThat(batch.getResultsList()).extracting(IngestResult::getPosition).containsExactly(2L, 1L, 3L);
        assertThat(batch.getResultsList())
                .extracting(IngestResult::getDeduplicated)
                .containsExactly(false, true, false);
        assertThat(events.getEvent(GetEventRequest.newBuilder().setId("two").build())
                        .getEvent()
                        .getJson())
                .isEqualTo("{\"n\": 1.0}");
    }

    @Test
    void producerSession_isAcknowledgedInOrder() throws InterruptedException {
        BlockingQueue<IngestStreamResponse> answers = new LinkedBlockingQueue<>();
        BlockingQueue<Object> end = new LinkedBlockingQueue<>();
        StreamObserver<IngestStreamRequest> session =
                EventServiceGrpc.newStub(channel).ingestStream(observer(answers, end));
        session.onNext(append(1, "a", "b"));
        session.onNext(append(2, "not ok"));
        session.onNext(append(3, "c"));
        session.onCompleted();

        assertThat(end.poll(20, TimeUnit.SECONDS)).isEqualTo("completed");
        List<IngestStreamResponse> all = new ArrayList<>(answers);
        assertThat(all.get(0).getOpened().getCredits()).isGreaterThan(0);
        assertThat(all).anySatisfy(answer -> {
            assertThat(answer.getRejected().getSequence()).isEqualTo(2);
            assertThat(answer.getRejected().getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT_VALUE);
        });
        assertThat(all.get(all.size() - 1).getAck().getThroughSequence()).isEqualTo(3);
        assertThat(all.get(all.size() - 1).getAck().getPosition()).isEqualTo(3);
    }

    @Test
    void subscription_goesFromTheLogToLive() {
        ingest(event("before"));
        Iterator<SubscribeResponse> frames = events.subscribe(SubscribeRequest.newBuilder()
                .setFilter(Filter.newBuilder().addTagPrefixes("ORDER"))
                .setStart(Start.newBuilder().setAnchor(Anchor.ANCHOR_BEGINNING))
                .build());

        assertThat(frames.next().hasStarted()).isTrue();
        assertThat(nextEvent(frames).getId()).isEqualTo("before");
        ingest(event("other").setTag("OTHER"));
        ingest(event("live"));
        assertThat(nextEvent(frames).getId()).isEqualTo("live");
    }

    @Test
    void sync_goesOnFromItsCursor() {
        for (String id : List.of("a", "b", "c")) {
            ingest(event(id));
        }
        SyncResponse first =
                events.sync(SyncRequest.newBuilder().setMaxEvents(2).build());
        SyncResponse second = events.sync(SyncRequest.newBuilder()
                .setStart(Start.newBuilder().setCursor(first.getCursor()))
                .build());

        assertThat(first.getEventsList()).extracting(Event::getId).containsExactly("a", "b");
        assertThat(second.getEventsList()).extracting(Event::getId).containsExactly("c");
        assertThat(second.getUpToDate()).isTrue();
    }

    @Test
    void failure_hasDetails() throws Exception {
        Status bad = refused(IngestRequest.newBuilder()
                .setEvent(event("x").setTag("not a tag"))
                .build());

        assertThat(bad.getCode()).isEqualTo(Code.INVALID_ARGUMENT_VALUE);
        assertThat(bad.getDetails(0).unpack(ErrorInfo.class).getReason()).isEqualTo("FIELD_INVALID");
        assertThat(bad.getDetails(0).unpack(ErrorInfo.class).getDomain()).isEqualTo("eventsync");
        assertThat(bad.getDetails(1)
                        .unpack(BadRequest.class)
                        .getFieldViolations(0)
                        .getField())
                .isEqualTo("event.tag");
        assertThatThrownBy(() -> events.sync(SyncRequest.newBuilder()
                        .setStart(Start.newBuilder().setCursor("nonsense"))
                        .build()))
                .hasMessageContaining("INVALID_ARGUMENT");
    }

    private void ingest(Event.Builder event) {
        IngestRequest request = IngestRequest.newBuilder().setEvent(event).build();
        assertThat(events.ingest(request).getResult().getPosition()).isPositive();
    }

    private Status refused(IngestRequest request) {
        try {
            throw new AssertionError("accepted: " + events.ingest(request));
        } catch (StatusRuntimeException e) {
            Status status = StatusProto.fromThrowable(e);
            assertThat(status).isNotNull();
            return status;
        }
    }

    private static Event nextEvent(Iterator<SubscribeResponse> frames) {
        SubscribeResponse frame = frames.next();
        while (!frame.hasBatch()) {
            frame = frames.next();
        }
        return frame.getBatch().getEvents(0);
    }

    private static IngestStreamRequest append(long sequence, String... ids) {
        IngestStreamRequest.Builder append = IngestStreamRequest.newBuilder().setSequence(sequence);
        for (String id : ids) {
            append.addEvents(event(id).setTag(id.equals("not ok") ? "not ok" : "ORDER.PAID"));
        }
        return append.build();
    }

    private static Event.Builder event(String id) {
        return Event.newBuilder().setId(id).setTag("ORDER.PAID").setJson("{\"n\": 1.0}");
    }

    private static StreamObserver<IngestStreamResponse> observer(
            BlockingQueue<IngestStreamResponse> answers, BlockingQueue<Object> end) {
        return new StreamObserver<>() {
            @Override
            public void onNext(IngestStreamResponse answer) {
                answers.add(answer);
            }

            @Override
            public void onError(Throwable failure) {
                end.add(failure);
            }

            @Override
            public void onCompleted() {
                end.add("completed");
            }
        };
    }
}
