package io.eventsync.server.grpc;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.subscription.Frame;
import io.eventsync.server.subscription.FrameSink;
import io.eventsync.server.sync.Cursors;
import io.eventsync.v1.Gap;
import io.eventsync.v1.SubscribeResponse;
import io.vertx.core.buffer.Buffer;

/** Frames of a subscription as messages of a Subscribe call. */
final class StreamSink implements FrameSink {
    private final Call call;
    private final Cursors cursors;

    StreamSink(Call call, Cursors cursors) {
        this.call = call;
        this.cursors = cursors;
    }

    @Override
    public boolean isFull() {
        return call.isFull();
    }

    @Override
    public void write(Frame frame) {
        if (frame instanceof Frame.Events events) {
            call.write(
                    events.<Buffer>encodedOnce(() -> WireFrames.batch(cursors.encode(frame.point()), events.events())));
        } else {
            call.write(message(frame));
        }
    }

    private SubscribeResponse message(Frame frame) {
        SubscribeResponse.Builder message = SubscribeResponse.newBuilder().setCursor(cursors.encode(frame.point()));
        if (frame instanceof Frame.Started started) {
            message.setStarted(SubscribeResponse.Started.newBuilder()
                    .setSubscriptionId(started.subscriptionId())
                    .setFilter(FilterMapper.toProto(started.filter()))
                    .setStartPosition(started.point().position())
                    .setHeadPosition(started.headPosition())
                    .setMaxBatch(started.batchEventsMax())
                    .setHeartbeatInterval(FilterMapper.toProto(started.heartbeatInterval())));
        } else if (frame instanceof Frame.Progress progress) {
            message.setProgress(SubscribeResponse.Progress.newBuilder()
                    .setState(
                            progress.isLive()
                                    ? SubscribeResponse.Progress.State.STATE_LIVE
                                    : SubscribeResponse.Progress.State.STATE_CATCHING_UP)
                    .setPosition(progress.point().position())
                    .setHeadPosition(progress.headPosition())
                    .setLagEvents(progress.headPosition() - progress.point().position()));
        } else if (frame instanceof Frame.Skipped skipped) {
            message.setGap(gap(skipped.gap()));
        } else if (frame instanceof Frame.Draining draining) {
            message.setDraining(
                    SubscribeResponse.Draining.newBuilder().setRetryAfter(FilterMapper.toProto(draining.retryAfter())));
        }
        return message.build();
    }

    static Gap gap(io.eventsync.server.sync.Gap gap) {
        return Gap.newBuilder()
                .setMissedEvents(gap.missedEvents())
                .setEarliestPosition(gap.earliestPosition())
                .build();
    }

    @Override
    public void onDrain(Runnable handler) {
        call.onDrain(handler);
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
