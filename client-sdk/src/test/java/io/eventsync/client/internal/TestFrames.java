package io.eventsync.client.internal;

import io.eventsync.v1.Event;
import io.eventsync.v1.SubscribeResponse;
import io.eventsync.v1.SubscribeResponse.EventBatch;
import io.eventsync.v1.SubscribeResponse.Progress;
import io.eventsync.v1.SubscribeResponse.Started;
import java.util.Arrays;
import java.util.List;

/** Frames as a server sends them; cursors are "c" and a position. */
public final class TestFrames {
    private TestFrames() {}

    public static SubscribeResponse started(String cursor) {
        return SubscribeResponse.newBuilder()
                .setCursor(cursor)
                .setStarted(Started.getDefaultInstance())
                .build();
    }

    public static SubscribeResponse batch(String cursor, long... positions) {
        return batch(cursor, Arrays.stream(positions).boxed().toList());
    }

    public static SubscribeResponse batch(String cursor, List<Long> positions) {
        EventBatch.Builder batch = EventBatch.newBuilder();
        positions.forEach(position -> batch.addEvents(Event.newBuilder().setPosition(position)));
        return SubscribeResponse.newBuilder().setCursor(cursor).setBatch(batch).build();
    }

    public static SubscribeResponse progress(String cursor, long position) {
        return progress(cursor, position, Progress.State.STATE_CATCHING_UP);
    }

    public static SubscribeResponse live(String cursor, long position) {
        return progress(cursor, position, Progress.State.STATE_LIVE);
    }

    private static SubscribeResponse progress(String cursor, long position, Progress.State state) {
        return SubscribeResponse.newBuilder()
                .setCursor(cursor)
                .setProgress(Progress.newBuilder().setPosition(position).setState(state))
                .build();
    }
}
