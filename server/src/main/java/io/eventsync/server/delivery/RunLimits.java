package io.eventsync.server.delivery;

import io.eventsync.server.endpoint.EndpointSettings;
import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import io.eventsync.server.endpoint.WebhookDestination;
import io.eventsync.server.endpoint.WebhookDestination.Batch;
import java.util.Optional;

/**
 * How much of everything an endpoint may have at once, as its settings and the server's come to.
 *
 * @param inFlight requests
 * @param batchEvents events in one request
 * @param batchBytes about how large a request may be, unless one event is larger
 * @param batchWaitMillis how long the first event of a batch waits for others
 * @param bufferEvents events read ahead
 * @param ahead events that may overtake a slow one; at half of it the slow one is set aside, so that the mark moves on
 * @param waiting deliveries that may wait before no new ones are taken
 */
record RunLimits(
        int inFlight,
        int batchEvents,
        int batchBytes,
        long batchWaitMillis,
        int bufferEvents,
        long bufferBytes,
        int ahead,
        int waiting) {
    private static final int AHEAD_MIN = 64;
    private static final int BUFFER_EVENTS_MIN = 64;
    private static final long BUFFER_BYTES_MIN = 256 << 10;

    /**
     * @param inFlightMax requests to one endpoint that the server makes at once
     * @param waitingMax deliveries of one endpoint that the server lets wait
     */
    static RunLimits of(EndpointSettings settings, int inFlightMax, int waitingMax) {
        int inFlight = inFlight(settings, inFlightMax);
        Optional<Batch> batch =
                settings.destination() instanceof WebhookDestination webhook ? webhook.batch() : Optional.empty();
        int events = settings.batchEventsMax();
        return new RunLimits(
                inFlight,
                events,
                batch.map(Batch::bytesMax).orElse(Integer.MAX_VALUE),
                batch.map(b -> b.waitMax().toMillis()).orElse(0L),
                Math.max(BUFFER_EVENTS_MIN, 2 * inFlight * events),
                batch.map(b -> Math.max(BUFFER_BYTES_MIN, 2L * b.bytesMax())).orElse(BUFFER_BYTES_MIN),
                Math.max(AHEAD_MIN, 3 * inFlight * events),
                waitingMax);
    }

    private static int inFlight(EndpointSettings settings, int max) {
        if (settings.ordering() == Ordering.ORDERED) {
            return 1;
        }
        return settings.maxInFlight() == 0 ? max : Math.min(max, settings.maxInFlight());
    }
}
