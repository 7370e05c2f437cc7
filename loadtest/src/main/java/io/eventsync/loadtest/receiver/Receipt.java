package io.eventsync.loadtest.receiver;

import io.vertx.core.MultiMap;
import java.util.HexFormat;
import java.util.List;

/**
 * One request as it came in.
 *
 * @param id its {@code webhook-id}, or empty
 * @param attempt its {@code eventsync-attempt}, or 0
 * @param events one, or those of the batch; none if the request has no id and is no batch
 * @param sha256 of the body, 64 hexadecimal digits
 */
record Receipt(
        long timeMicros,
        String id,
        int attempt,
        String cursor,
        String previousCursor,
        boolean isBatch,
        List<ReceivedEvent> events,
        String sha256,
        boolean isSignatureGood,
        MultiMap headers) {

    static final String ID = "webhook-id";
    static final String ATTEMPT = "eventsync-attempt";
    static final String CURSOR = "eventsync-cursor";
    static final String PREVIOUS_CURSOR = "eventsync-prev-cursor";
    static final String REPLAY = "eventsync-replay";

    static Receipt of(long timeMicros, MultiMap headers, byte[] body, SignatureCheck signature) {
        String id = text(headers, ID);
        String cursor = text(headers, CURSOR);
        byte[] sha256 = Digest.sha256(body);
        List<ReceivedEvent> batch = BatchBody.events(body);
        List<ReceivedEvent> single =
                id.isEmpty() ? List.of() : List.of(new ReceivedEvent(id, cursor, Digest.first(sha256)));
        return new Receipt(
                timeMicros,
                id,
                number(text(headers, ATTEMPT)),
                cursor,
                text(headers, PREVIOUS_CURSOR),
                !batch.isEmpty(),
                batch.isEmpty() ? single : batch,
                HexFormat.of().formatHex(sha256),
                signature.isGood(headers, body),
                headers);
    }

    boolean isReplay() {
        return headers.contains(REPLAY);
    }

    private static String text(MultiMap headers, String name) {
        String value = headers.get(name);
        return value == null ? "" : value;
    }

    private static int number(String text) {
        try {
            return Math.max(0, Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
