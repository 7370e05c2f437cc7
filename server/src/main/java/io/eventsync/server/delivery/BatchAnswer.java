package io.eventsync.server.delivery;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.sync.Cursors;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a 2xx answer to a batch acknowledges: all of it, unless it says otherwise by header or body. */
final class BatchAnswer {
    private BatchAnswer() {}

    /**
     * Positions that were not acknowledged; nothing if the answer cannot be understood.
     *
     * @param ack the header {@code eventsync-ack}
     * @param isCut whether the body went on
     */
    static Optional<Set<Long>> unacknowledged(
            List<Delivery> batch, @Nullable String ack, byte[] body, boolean isCut, Cursors cursors) {
        Set<Long> missing = new HashSet<>();
        if (ack != null) {
            try {
                long through = cursors.decode(ack.strip()).position();
                batch.stream().map(Delivery::position).filter(p -> p > through).forEach(missing::add);
            } catch (Failure notACursor) {
                return Optional.empty();
            }
        }
        if (body.length > 0 && firstVisible(body) == '{') {
            if (isCut) {
                return ack == null || mentionsFailed(body) // the rest may say what else failed
                        ? Optional.empty()
                        : Optional.of(missing);
            }
            Optional<Set<String>> failed = failed(body);
            if (failed.isEmpty()) {
                return Optional.empty();
            }
            batch.stream()
                    .filter(d -> failed.get().contains(d.eventId()))
                    .map(Delivery::position)
                    .forEach(missing::add);
        }
        return Optional.of(missing);
    }

    /** Nothing if it seems to name some, but cannot be read: then better all of them once more. */
    private static Optional<Set<String>> failed(byte[] body) {
        try {
            JsonArray ids = new JsonObject(Buffer.buffer(body)).getJsonArray("failed");
            return Optional.of(
                    ids == null ? Set.of() : ids.stream().map(String::valueOf).collect(Collectors.toSet()));
        } catch (DecodeException | ClassCastException e) {
            return mentionsFailed(body) ? Optional.empty() : Optional.of(Set.of()); // some page or other
        }
    }

    private static boolean mentionsFailed(byte[] body) {
        return new String(body, StandardCharsets.ISO_8859_1).contains("\"failed\"");
    }

    private static int firstVisible(byte[] body) {
        for (byte b : body) {
            if (b > ' ') {
                return b;
            }
        }
        return 0;
    }
}
