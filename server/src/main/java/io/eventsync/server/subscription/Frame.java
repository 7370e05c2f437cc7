package io.eventsync.server.subscription;

import io.eventsync.server.event.EventFilter;
import io.eventsync.server.event.LogEvent;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.sync.Gap;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a stream is sent. All matching events at or before a frame's point were sent before it or are in it. */
public sealed interface Frame {
    LogPoint point();

    /** First of every stream. */
    record Started(
            LogPoint point,
            String subscriptionId,
            EventFilter filter,
            long headPosition,
            int batchEventsMax,
            Duration heartbeatInterval)
            implements Frame {}

    /** No events, but the point moved or time passed. */
    record Progress(LogPoint point, boolean isLive, long headPosition) implements Frame {}

    record Skipped(LogPoint point, Gap gap) implements Frame {}

    record Draining(LogPoint point, Duration retryAfter) implements Frame {}

    /** Events; one object goes to every stream of a group, so its encoding is kept with it. Stays on one event loop. */
    final class Events implements Frame {
        private final LogPoint point;
        private final List<LogEvent> events;
        private @Nullable Object encoded;

        Events(LogPoint point, List<LogEvent> events) {
            this.point = point;
            this.events = events;
        }

        @Override
        public LogPoint point() {
            return point;
        }

        public List<LogEvent> events() {
            return events;
        }

        /** What the edge sends, made by the first stream that needs it. */
        @SuppressWarnings("unchecked") // there is one kind of edge on an event loop
        public <T> T encodedOnce(Supplier<T> encode) {
            Object made = encoded;
            if (made == null) {
                made = encode.get();
                encoded = made;
            }
            return (T) made;
        }
    }
}
