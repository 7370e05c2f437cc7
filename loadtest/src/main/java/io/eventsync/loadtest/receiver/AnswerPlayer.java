package io.eventsync.loadtest.receiver;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** Plays answers, whole and broken ones. */
final class AnswerPlayer {

    private static final int CHUNK_BYTES = 1 << 16;
    private static final int CHUNKS_AT_ONCE = 16;
    private static final int TRICKLE_BYTES = 1_000_000;
    private static final long TRICKLE_MILLIS = 1_000;
    /** Lets the part before a reset arrive: a reset overtakes what is not read yet. */
    private static final long BEFORE_RESET_MILLIS = 20;

    private static final Buffer CHUNK = Buffer.buffer(new byte[CHUNK_BYTES]);
    private static final Buffer GARBAGE = Buffer.buffer("\u0016\u0003\u0001\u0000ceci n'est pas du HTTP\r\n\r\n");

    private final Vertx vertx;
    private final Context home;

    AnswerPlayer(Vertx vertx, Context home) {
        this.vertx = vertx;
        this.home = home;
    }

    Future<?> elapsed(long millis) {
        return vertx.timer(millis);
    }

    void play(HttpServerRequest request, Answer answer) {
        if (answer instanceof Answer.Whole whole) {
            play(request.response(), whole);
        } else if (answer instanceof Answer.Broken broken) {
            play(request, broken.breakage());
        }
    }

    private static void play(HttpServerResponse response, Answer.Whole answer) {
        response.setStatusCode(answer.status());
        answer.headers().forEach(response::putHeader);
        response.end(answer.body());
    }

    private void play(HttpServerRequest request, Breakage breakage) {
        HttpServerResponse response = request.response();
        switch (breakage) {
            case HANG -> {}
            case TRICKLE -> {
                response.putHeader("content-length", Integer.toString(TRICKLE_BYTES));
                trickle(response);
            }
            case HUGE -> pour(response.setChunked(true));
            case RESET -> {
                response.putHeader("content-length", Integer.toString(CHUNK_BYTES));
                response.write(CHUNK.slice(0, CHUNK_BYTES / 8));
                vertx.setTimer(
                        BEFORE_RESET_MILLIS, later -> RawConnection.of(request).reset());
            }
            case CLOSE -> request.connection().close();
            case GARBAGE -> RawConnection.of(request).sendAndClose(GARBAGE);
        }
    }

    private void trickle(HttpServerResponse response) {
        if (!response.closed()) {
            response.write(CHUNK.slice(0, 1));
            vertx.setTimer(TRICKLE_MILLIS, later -> trickle(response));
        }
    }

    /** As fast as the other side reads, in portions, so that the event loop also serves others. */
    private void pour(HttpServerResponse response) {
        for (int i = 0; i < CHUNKS_AT_ONCE && !response.closed() && !response.writeQueueFull(); i++) {
            response.write(CHUNK);
        }
        if (response.closed()) {
            return;
        }
        if (response.writeQueueFull()) {
            response.drainHandler(drained -> pour(response));
        } else {
            home.runOnContext(next -> pour(response));
        }
    }
}
