package io.eventsync.loadtest.receiver;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/** A request as one line of JSON. */
final class LogLine {

    private LogLine() {}

    static Buffer of(String endpoint, Receipt receipt, Answer answer) {
        return new JsonObject()
                .put("timeMicros", receipt.timeMicros())
                .put("endpoint", endpoint)
                .put(Receipt.ID, receipt.id())
                .put(Receipt.ATTEMPT, receipt.attempt())
                .put("status", answer.status())
                .put("events", receipt.events().size())
                .put("sha256", receipt.sha256())
                .put(Receipt.CURSOR, receipt.cursor())
                .put(Receipt.PREVIOUS_CURSOR, receipt.previousCursor())
                .put(Receipt.REPLAY, receipt.headers().get(Receipt.REPLAY))
                .toBuffer()
                .appendByte((byte) '\n');
    }
}
