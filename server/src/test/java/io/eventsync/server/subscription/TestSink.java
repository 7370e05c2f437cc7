package io.eventsync.server.subscription;

import io.eventsync.server.failure.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client that takes frames when the test says so. */
final class TestSink implements FrameSink {
    private final List<Frame> frames = new ArrayList<>();
    private final Consumer<Frame> onWrite;
    private int room;
    private int buffered;
    private boolean ended;
    private @Nullable Failure failure;
    private @Nullable Runnable drained;

    /** @param room how many frames are written before it is full */
    TestSink(int room, Consumer<Frame> onWrite) {
        this.room = room;
        this.onWrite = onWrite;
    }

    TestSink() {
        this(Integer.MAX_VALUE, frame -> {});
    }

    @Override
    public boolean isFull() {
        return buffered >= room;
    }

    @Override
    public void write(Frame frame) {
        if (isOver()) {
            throw new AssertionError("a frame after the end: " + frame);
        }
        frames.add(frame);
        buffered++;
        onWrite.accept(frame);
    }

    @Override
    public void onDrain(Runnable handler) {
        drained = handler;
    }

    /** The client takes all there is. */
    void drain() {
        boolean wasFull = isFull();
        buffered = 0;
        Runnable handler = drained;
        if (wasFull && handler != null && !isOver()) {
            drained = null;
            handler.run();
        }
    }

    /** The client takes no more. */
    void fill() {
        buffered = Math.max(buffered, room);
    }

    void setRoom(int room) {
        this.room = room;
    }

    List<Frame> frames() {
        return frames;
    }

    Frame last() {
        return frames.get(frames.size() - 1);
    }

    boolean isOver() {
        return ended || failure != null;
    }

    Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void end() {
        ended = true;
    }

    @Override
    public void fail(Failure cause) {
        failure = cause;
    }
}
