package io.eventsync.server.http;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.grpc.StatusMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A call that is answered with frames. */
final class StreamWire extends HttpWire {
    /** An array ends after so many entries at the latest. */
    private static final int ARRAY_ITEMS_MAX = 1_000;

    private static final long QUIET_MILLIS = 15_000;
    private static final Buffer RETRY = Buffer.buffer("retry: 2000\n\n");
    private static final Buffer COMMENT = Buffer.buffer(":\n\n");

    private final Vertx vertx;
    private final StreamFormat format;
    private final FrameRenderer renderer;
    private final Duration arrayTimeout;
    private @Nullable Runnable onGone;
    private long timer = -1;
    private boolean isOver;
    private boolean isDraining;
    private boolean isQuiet;
    private int items;

    StreamWire(
            Vertx vertx,
            HttpServerRequest request,
            StreamFormat format,
            FrameRenderer renderer,
            Duration arrayTimeout) {
        super(request);
        this.vertx = vertx;
        this.format = format;
        this.renderer = renderer;
        this.arrayTimeout = arrayTimeout;
    }

    boolean isEventSource() {
        return format == StreamFormat.SSE;
    }

    @Override
    public void onGone(Runnable handler) {
        onGone = handler;
        super.onGone(() -> {
            over();
            handler.run();
        });
    }

    @Override
    public Future<Void> write(Buffer message) {
        if (!response.headWritten()) {
            begin();
        }
        if (isOver) {
            return Future.succeededFuture();
        }
        isQuiet = false;
        FrameRenderer.Rendered frame;
        try {
            frame = renderer.render(message);
        } catch (RuntimeException defect) {
            fail(StatusMapper.failure(defect));
            leave();
            return Future.succeededFuture();
        }
        isDraining |= frame.isLast();
        return format == StreamFormat.ARRAY ? append(frame) : response.write(frame.text());
    }

    private void begin() {
        response.putHeader("content-type", format.contentType())
                .putHeader("cache-control", "no-store")
                // nginx would collect the stream otherwise.
                .putHeader("x-accel-buffering", "no");
        if (request.method().equals(HttpMethod.HEAD)) {
            response.end();
            leave();
            return;
        }
        response.setChunked(true);
        switch (format) {
            case SSE -> {
                send(RETRY);
                timer = vertx.setTimer(QUIET_MILLIS, t -> breakSilence());
            }
            case ARRAY ->
                timer = vertx.setTimer(arrayTimeout.toMillis(), t -> {
                    end();
                    leave();
                });
            case NDJSON -> {}
        }
    }

    /** Proxies close what is silent for long. */
    private void breakSilence() {
        if (!isOver) {
            if (isQuiet && !response.writeQueueFull()) {
                send(COMMENT);
            }
            isQuiet = true;
            timer = vertx.setTimer(QUIET_MILLIS, t -> breakSilence());
        }
    }

    private Future<Void> append(FrameRenderer.Rendered frame) {
        Future<Void> written =
                response.write(Buffer.buffer(items == 0 ? "[" : ",\n").appendBuffer(frame.text()));
        items += 1 + frame.items();
        if (frame.isLive() || items >= ARRAY_ITEMS_MAX) {
            end();
            leave();
        }
        return written;
    }

    private void send(Buffer text) {
        response.write(text).onFailure(e -> leave());
    }

    /** Ends the call, whose client has all that it asked for. */
    private void leave() {
        over();
        Runnable handler = onGone;
        if (handler != null) {
            handler.run();
        }
    }

    private void over() {
        isOver = true;
        if (timer >= 0) {
            vertx.cancelTimer(timer);
            timer = -1;
        }
    }

    @Override
    public void end(Buffer message) {
        throw new UnsupportedOperationException("a stream ends without a message");
    }

    @Override
    public void end() {
        finish("");
    }

    private void finish(String lastWords) {
        if (isOver) {
            return;
        }
        if (!response.headWritten()) {
            begin();
        }
        if (!isOver) {
            over();
            String close = format == StreamFormat.ARRAY ? (items == 0 ? "[" : "") + lastWords + "]\n" : lastWords;
            response.end(Buffer.buffer(close));
        }
    }

    /** Once frames were sent the status line is gone: the failure is the last thing said. After a draining frame all is said. */
    @Override
    public void fail(Failure failure) {
        if (!response.headWritten()) {
            over();
            HttpErrors.answer(request, failure);
            return;
        }
        String status = HttpErrors.json(failure);
        finish(
                isDraining
                        ? ""
                        : switch (format) {
                            case SSE -> "event: failed\ndata: " + status + "\n\n";
                            case NDJSON -> "{\"error\":" + status + "}\n";
                            case ARRAY -> (items == 0 ? "" : ",\n") + "{\"error\":" + status + "}";
                        });
    }
}
