package io.eventsync.client.internal.publish;

import com.google.rpc.Status;
import io.eventsync.client.EventSyncException;
import io.eventsync.v1.Event;
import io.eventsync.v1.IngestBatchResponse;
import io.eventsync.v1.IngestResult;
import io.eventsync.v1.IngestStreamRequest;
import io.eventsync.v1.IngestStreamResponse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server without sockets: its log is a map, and a test says what it does with each append. */
final class FakeWire implements Wire {
    /** What the server does with an append; runs on the publisher's context, as all of it. */
    interface Server {
        void append(FakeStream stream, IngestStreamRequest append);
    }

    final Map<String, Long> log = new LinkedHashMap<>();
    final List<FakeStream> streams = new CopyOnWriteArrayList<>();
    final AtomicInteger asked = new AtomicInteger();
    volatile Server server = FakeStream::store;
    volatile int credits = 64;
    /** What the next questions are answered with. */
    final Queue<EventSyncException> refusals = new ConcurrentLinkedQueue<>();

    @Override
    public Future<Stream> open(Listener listener) {
        FakeStream stream = new FakeStream(listener);
        streams.add(stream);
        return Future.succeededFuture(stream);
    }

    @Override
    public Future<IngestBatchResponse> ask(List<Event> events) {
        asked.incrementAndGet();
        EventSyncException refused = refusals.poll();
        if (refused != null) {
            return Future.failedFuture(refused);
        }
        IngestBatchResponse.Builder answer = IngestBatchResponse.newBuilder().setCursor("asked");
        for (Event event : events) {
            boolean isKnown = log.containsKey(event.getId());
            answer.addResults(IngestResult.newBuilder()
                    .setId(event.getId())
                    .setPosition(put(event.getId()))
                    .setDeduplicated(isKnown));
        }
        return Future.succeededFuture(answer.build());
    }

    void store(String id) {
        log.computeIfAbsent(id, absent -> log.size() + 1L);
    }

    long put(String id) {
        return log.computeIfAbsent(id, absent -> log.size() + 1L);
    }

    final class FakeStream implements Wire.Stream {
        private final Listener listener;
        private final Context context = Vertx.currentContext();
        final List<IngestStreamRequest> appends = new CopyOnWriteArrayList<>();
        volatile boolean isEnded;

        FakeStream(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void send(IngestStreamRequest append) {
            appends.add(append);
            later(() -> {
                if (append.getSequence() == 1) {
                    say(IngestStreamResponse.newBuilder()
                            .setOpened(IngestStreamResponse.Opened.newBuilder().setCredits(credits)));
                }
                server.append(this, append);
            });
        }

        /** The ordinary course. */
        void store(IngestStreamRequest append) {
            long before = log.size();
            long last = 0;
            for (Event event : append.getEventsList()) {
                last = Math.max(last, put(event.getId()));
            }
            ack(append.getSequence(), last, (int) (append.getEventsCount() - (log.size() - before)));
        }

        void ack(long through, long position, int deduplicated) {
            say(IngestStreamResponse.newBuilder()
                    .setAck(IngestStreamResponse.Ack.newBuilder()
                            .setThroughSequence(through)
                            .setPosition(position)
                            .setCursor("at-" + position)
                            .setDeduplicated(deduplicated)));
        }

        void reject(long sequence, Status status) {
            say(IngestStreamResponse.newBuilder()
                    .setRejected(IngestStreamResponse.Rejected.newBuilder()
                            .setSequence(sequence)
                            .setStatus(status)));
        }

        void say(IngestStreamResponse.Builder message) {
            listener.message(message.build());
        }

        void lose(EventSyncException why) {
            listener.ended(why);
        }

        void later(Runnable task) {
            context.runOnContext(v -> task.run());
        }

        @Override
        public void end() {
            isEnded = true;
        }

        @Override
        public void cancel() {
            isEnded = true;
        }
    }
}
