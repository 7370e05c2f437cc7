package io.eventsync.loadtest.receiver;

import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;

/** Requests as a sender makes them. */
final class TestReceipts {

    private TestReceipts() {}

    static Receipt single(String id, String body) {
        return of(MultiMap.caseInsensitiveMultiMap().add(Receipt.ID, id), body);
    }

    static Receipt chained(String id, String cursor, String previousCursor) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add(Receipt.ID, id)
                .add(Receipt.CURSOR, cursor)
                .add(Receipt.PREVIOUS_CURSOR, previousCursor);
        return of(headers, "{}");
    }

    static Receipt batch(String... ids) {
        StringBuilder body = new StringBuilder("{\"events\":[");
        for (int i = 0; i < ids.length; i++) {
            body.append(i == 0 ? "" : ",")
                    .append("{\"type\":\"A\",\"data\":{\"id\":[1]},\"id\":\"")
                    .append(ids[i])
                    .append("\",\"cursor\":\"c-")
                    .append(ids[i])
                    .append("\"}");
        }
        return of(MultiMap.caseInsensitiveMultiMap().add(Receipt.ID, "batch-" + ids[0]), body + "]}");
    }

    static Receipt of(MultiMap headers, String body) {
        return Receipt.of(0, headers, body.getBytes(StandardCharsets.UTF_8), SignatureCheck.NONE);
    }
}
