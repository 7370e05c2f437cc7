package io.eventsync.loadtest.receiver;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Appends lines to a file, all that wait in one write. A line is with the operating system when its future ends, so it
 * survives a kill of this process, not of the machine.
 */
final class RequestLog {

    private final Context owner;
    private final AsyncFile file;
    private Buffer waiting = Buffer.buffer();
    private List<Promise<Void>> waiters = new ArrayList<>();
    private boolean isWriting;

    private RequestLog(Context owner, AsyncFile file) {
        this.owner = owner;
        this.file = file;
    }

    static Future<RequestLog> open(Vertx vertx, Context owner, Path path) {
        OpenOptions append =
                new OpenOptions().setCreate(true).setWrite(true).setRead(false).setAppend(true);
        return vertx.fileSystem().open(path.toString(), append).map(file -> new RequestLog(owner, file));
    }

    /** Ends, on the context that asked, once the line is written. */
    Future<Void> append(Buffer line, Context home) {
        Promise<Void> written = Promise.promise();
        Promise<Void> answered = Promise.promise();
        written.future().onComplete(result -> home.runOnContext(back -> answered.handle(result)));
        owner.runOnContext(there -> {
            waiting.appendBuffer(line);
            waiters.add(written);
            writeWaiting();
        });
        return answered.future();
    }

    Future<Void> close() {
        return file.close();
    }

    private void writeWaiting() {
        if (isWriting || waiters.isEmpty()) {
            return;
        }
        isWriting = true;
        Buffer lines = waiting;
        List<Promise<Void>> writing = waiters;
        waiting = Buffer.buffer();
        waiters = new ArrayList<>();
        file.write(lines)
                .onComplete(result -> owner.runOnContext(back -> {
                    isWriting = false;
                    writing.forEach(promise -> promise.handle(result));
                    writeWaiting();
                }));
    }
}
