package io.eventsync.server.grpc;

import io.eventsync.server.delivery.AttemptCursors;
import io.eventsync.server.delivery.AttemptRow;
import io.eventsync.server.delivery.AttemptSink;
import io.eventsync.server.failure.Failure;
import io.eventsync.v1.AttemptFilter;
import io.eventsync.v1.WatchAttemptsResponse;
import java.time.Duration;
import java.util.List;

/** Frames of a watch as messages of a WatchAttempts call. */
final class WatchSink implements AttemptSink {
    private final Call call;
    private final AttemptCursors cursors;
    private final AttemptFilter filter;
    private final int batchMax;
    private final Duration heartbeat;

    WatchSink(Call call, AttemptCursors cursors, AttemptFilter filter, int batchMax, Duration heartbeat) {
        this.call = call;
        this.cursors = cursors;
        this.filter = filter;
        this.batchMax = batchMax;
        this.heartbeat = heartbeat;
    }

    private WatchAttemptsResponse.Builder frame(long number) {
        return WatchAttemptsResponse.newBuilder().setCursor(cursors.encode(number));
    }

    @Override
    public boolean isFull() {
        return call.isFull();
    }

    @Override
    public void onDrain(Runnable handler) {
        call.onDrain(handler);
    }

    @Override
    public void started(long number) {
        call.write(frame(number)
                .setStarted(WatchAttemptsResponse.Started.newBuilder()
                        .setFilter(filter)
                        .setMaxBatch(batchMax)
                        .setHeartbeatInterval(FilterMapper.toProto(heartbeat)))
                .build());
    }

    @Override
    public void batch(long number, List<AttemptRow> attempts) {
        call.write(frame(number)
                .setBatch(WatchAttemptsResponse.AttemptBatch.newBuilder()
                        .addAllAttempts(
                                attempts.stream().map(DeliveryMapper::toProto).toList()))
                .build());
    }

    @Override
    public void progress(long number, boolean isLive, long throughMicros) {
        call.write(frame(number)
                .setProgress(WatchAttemptsResponse.Progress.newBuilder()
                        .setState(
                                isLive
                                        ? WatchAttemptsResponse.Progress.State.STATE_LIVE
                                        : WatchAttemptsResponse.Progress.State.STATE_CATCHING_UP)
                        .setThroughTime(EventMapper.time(throughMicros)))
                .build());
    }

    @Override
    public void gap(long number, long earliestMicros) {
        call.write(frame(number)
                .setGap(WatchAttemptsResponse.AttemptGap.newBuilder().setEarliestTime(EventMapper.time(earliestMicros)))
                .build());
    }

    @Override
    public void draining(long number, Duration retryAfter) {
        call.write(frame(number)
                .setDraining(
                        WatchAttemptsResponse.Draining.newBuilder().setRetryAfter(FilterMapper.toProto(retryAfter)))
                .build());
    }

    @Override
    public void end() {
        call.end();
    }

    @Override
    public void fail(Failure failure) {
        call.fail(failure);
    }
}
