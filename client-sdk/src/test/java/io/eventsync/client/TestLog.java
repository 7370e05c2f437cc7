package io.eventsync.client;

import com.google.rpc.Code;
import io.eventsync.client.internal.Place;
import io.eventsync.client.internal.StreamSource;
import io.eventsync.client.internal.TestFrames;
import io.eventsync.v1.Start;
import io.eventsync.v1.SubscribeRequest;
import io.eventsync.v1.SubscribeResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A log and its server without a network: sends frames when the test says so, as many as were asked for. */
final class TestLog implements StreamSource {
    /** Positions that match; all others do not. */
    final List<Long> matching = new ArrayList<>();

    final List<Open> streams = new ArrayList<>();
    long head;

    void append(boolean isMatching) {
        head++;
        if (isMatching) {
            matching.add(head);
        }
    }

    @Override
    public Stream open(SubscribeRequest request, Listener listener) {
        Open open = new Open(request, listener);
        streams.add(open);
        return open;
    }

    Optional<Open> current() {
        return streams.stream().filter(stream -> !stream.isOver).reduce((a, b) -> b);
    }

    static EventSyncException failure(Code code, String reason) {
        EventSyncException.ServerError error =
                new EventSyncException.ServerError(code, reason, "", Map.of(), List.of(), Optional.empty());
        return reason.startsWith("CURSOR_") ? new CursorException(error, null) : new EventSyncException(error, null);
    }

    /** One stream. */
    final class Open implements Stream {
        final SubscribeRequest request;
        private final Listener listener;
        private long reached;
        private long credits;
        private boolean isStarted;
        private boolean isLive;
        boolean isOver;

        Open(SubscribeRequest request, Listener listener) {
            this.request = request;
            this.listener = listener;
            this.reached = position(request.getStart());
        }

        private long position(Start start) {
            return start.getCursor().isEmpty()
                    ? 0
                    : Long.parseLong(Place.parse(start.getCursor()).cursor().substring(1));
        }

        @Override
        public void fetch(long frames) {
            credits += frames;
        }

        @Override
        public void cancel() {
            isOver = true;
        }

        @Override
        public void suspect() {
            cancel();
        }

        boolean isWanted() {
            return !isOver && credits > 0;
        }

        /** The next frame, if one is wanted. */
        void send(RandomGenerator random) {
            if (!isWanted()) {
                return;
            }
            if (!isStarted) {
                isStarted = true;
                frame(TestFrames.started("c" + reached));
            } else if (reached == head) {
                isLive = true;
                frame(TestFrames.live("c" + head, head));
            } else {
                advance(Math.min(head, reached + 1 + random.nextInt(7)));
            }
        }

        private void advance(long to) {
            List<Long> events = matching.stream()
                    .filter(position -> position > reached && position <= to)
                    .toList();
            reached = to;
            frame(events.isEmpty() ? TestFrames.progress("c" + to, to) : TestFrames.batch("c" + to, events));
        }

        void frame(SubscribeResponse frame) {
            credits--;
            listener.frame(frame);
        }

        void end(@Nullable EventSyncException failure) {
            if (!isOver) {
                isOver = true;
                listener.ended(failure);
            }
        }

        boolean isLive() {
            return isLive;
        }
    }
}
