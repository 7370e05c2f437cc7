package io.eventsync.server.grpc;

import io.eventsync.server.failure.Failure;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A stream that shares its connection with others: writes in its turn, and ends after what it has written. */
final class QueuedWire implements CallWire {
    /** Small ones cost more than their bytes. */
    private static final int UNSENT_MESSAGES_MAX = 256;

    private final CallWire wire;
    private final ConnectionQueue queue;
    private int waiting;
    private int unsent;
    private @Nullable Runnable end;

    QueuedWire(CallWire wire, ConnectionQueue queue) {
        this.wire = wire;
        this.queue = queue;
    }

    @Override
    public MultiMap headers() {
        return wire.headers();
    }

    @Override
    public Optional<String> certificateName() {
        return wire.certificateName();
    }

    @Override
    public String peer() {
        return wire.peer();
    }

    @Override
    public @Nullable HttpConnection connection() {
        return wire.connection();
    }

    @Override
    public void onGone(Runnable handler) {
        wire.onGone(handler);
    }

    @Override
    public boolean isFull() {
        return unsent >= UNSENT_MESSAGES_MAX || wire.isFull();
    }

    @Override
    public void onDrain(Runnable handler) {
        wire.onDrain(handler);
    }

    @Override
    public Future<Void> write(Buffer message) {
        waiting++;
        unsent++;
        return queue.write(message.length(), () -> handOn(message)).onComplete(done -> unsent--);
    }

    private Future<Void> handOn(Buffer message) {
        waiting--;
        Future<Void> written = wire.write(message);
        endIfDue();
        return written;
    }

    private void endIfDue() {
        Runnable due = end;
        if (waiting == 0 && due != null) {
            end = null;
            due.run();
        }
    }

    private void endWith(Runnable last) {
        end = last;
        endIfDue();
    }

    @Override
    public void end(Buffer message) {
        endWith(() -> wire.end(message));
    }

    @Override
    public void end() {
        endWith(wire::end);
    }

    @Override
    public void fail(Failure failure) {
        endWith(() -> wire.fail(failure));
    }
}
