package io.eventsync.client;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * How a publisher batches, and how much it holds. A value: each method answers a changed copy.
 *
 * <pre>{@code
 * Publisher publisher = client.publisher(PublisherOptions.defaults()
 *         .linger(Duration.ofMillis(5))
 *         .deliveryTimeout(Duration.ofSeconds(30)));
 * }</pre>
 *
 * @param linger how long an event may wait for company, 0 to 10 s. With 0 those travel together that come while an append is under way
 * @param appendEventsMax most events in one append, 1 to 1,000
 * @param appendBytesMax most bytes in one append, 1 KiB to 3 MiB; a larger event travels alone
 * @param appendsInFlight most appends under way at once, 1 to 64; the server may grant fewer. With more than 1, events that have to be sent
 *     again may come behind later ones
 * @param bufferEventsMax most events that are not acknowledged yet, 1 to 1,000,000
 * @param bufferBytesMax most bytes of them, twice {@code payloadBytesMax} to 1 GiB
 * @param payloadBytesMax most bytes in a payload, 1 to 3 MiB: the server's limit, checked here before anything is sent
 * @param answerTimeout how long the server may be silent on an append before the stream counts as lost, 10 ms to 10 min
 * @param deliveryTimeout how long an event may take in all, retries included, 10 ms to 1 day
 * @param closeTimeout how long closing waits for acknowledgements, 0 to 1 day
 */
public record PublisherOptions(
        Duration linger,
        int appendEventsMax,
        int appendBytesMax,
        int appendsInFlight,
        int bufferEventsMax,
        long bufferBytesMax,
        int payloadBytesMax,
        Duration answerTimeout,
        Duration deliveryTimeout,
        Duration closeTimeout) {
    private static final int MIB = 1 << 20;
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(10);
    private static final PublisherOptions DEFAULTS = new PublisherOptions(
            Duration.ZERO,
            1_000,
            MIB,
            1,
            10_000,
            32L * MIB,
            256 << 10,
            Duration.ofSeconds(15),
            Duration.ofMinutes(2),
            Duration.ofSeconds(30));

    /** Checks each value, and names the one that is out of its bounds. */
    public PublisherOptions {
        check("linger", linger, Duration.ZERO, Duration.ofSeconds(10));
        check("appendEventsMax", appendEventsMax, 1, 1_000);
        check("appendBytesMax", appendBytesMax, 1 << 10, 3 * MIB);
        check("appendsInFlight", appendsInFlight, 1, 64);
        check("bufferEventsMax", bufferEventsMax, 1, 1_000_000);
        check("payloadBytesMax", payloadBytesMax, 1, 3 * MIB);
        check("bufferBytesMax", bufferBytesMax, 2L * payloadBytesMax, 1L << 30);
        check("answerTimeout", answerTimeout, TIMEOUT_MIN, Duration.ofMinutes(10));
        check("deliveryTimeout", deliveryTimeout, TIMEOUT_MIN, DAY);
        check("closeTimeout", closeTimeout, Duration.ZERO, DAY);
    }

    /**
     * No linger, appends of up to 1,000 events or 1 MiB, one under way; 10,000 events or 32 MiB held; 2 minutes to deliver, 30 seconds to
     * close.
     */
    public static PublisherOptions defaults() {
        return DEFAULTS;
    }

    /** How long an event may wait for company. */
    public PublisherOptions linger(Duration atMost) {
        return with(draft -> draft.linger = atMost);
    }

    /** The size of one append. */
    public PublisherOptions append(int eventsMax, int bytesMax) {
        return with(draft -> {
            draft.appendEventsMax = eventsMax;
            draft.appendBytesMax = bytesMax;
        });
    }

    /** How many appends are under way at once: more than one pays off over a long distance. */
    public PublisherOptions appendsInFlight(int atMost) {
        return with(draft -> draft.appendsInFlight = atMost);
    }

    /** How much is held before {@code publish} refuses. */
    public PublisherOptions buffer(int eventsMax, long bytesMax) {
        return with(draft -> {
            draft.bufferEventsMax = eventsMax;
            draft.bufferBytesMax = bytesMax;
        });
    }

    /** The server's {@code limits.payload-bytes-max}, where its operator changed it. */
    public PublisherOptions payloadBytesMax(int atMost) {
        return with(draft -> draft.payloadBytesMax = atMost);
    }

    /** How long a server may be silent. */
    public PublisherOptions answerTimeout(Duration atMost) {
        return with(draft -> draft.answerTimeout = atMost);
    }

    /** How long an event may take in all. */
    public PublisherOptions deliveryTimeout(Duration atMost) {
        return with(draft -> draft.deliveryTimeout = atMost);
    }

    /** How long closing waits. */
    public PublisherOptions closeTimeout(Duration atMost) {
        return with(draft -> draft.closeTimeout = atMost);
    }

    private PublisherOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finished();
    }

    /** The same with some values changed, before they are checked together. */
    private static final class Draft {
        private Duration linger;
        private int appendEventsMax;
        private int appendBytesMax;
        private int appendsInFlight;
        private int bufferEventsMax;
        private long bufferBytesMax;
        private int payloadBytesMax;
        private Duration answerTimeout;
        private Duration deliveryTimeout;
        private Duration closeTimeout;

        Draft(PublisherOptions from) {
            linger = from.linger;
            appendEventsMax = from.appendEventsMax;
            appendBytesMax = from.appendBytesMax;
            appendsInFlight = from.appendsInFlight;
            bufferEventsMax = from.bufferEventsMax;
            bufferBytesMax = from.bufferBytesMax;
            payloadBytesMax = from.payloadBytesMax;
            answerTimeout = from.answerTimeout;
            deliveryTimeout = from.deliveryTimeout;
            closeTimeout = from.closeTimeout;
        }

        PublisherOptions finished() {
            return new PublisherOptions(
                    linger,
                    appendEventsMax,
                    appendBytesMax,
                    appendsInFlight,
                    bufferEventsMax,
                    bufferBytesMax,
                    payloadBytesMax,
                    answerTimeout,
                    deliveryTimeout,
                    closeTimeout);
        }
    }

    private static void check(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + ": " + min + " to " + max + ", not " + value);
        }
    }

    private static void check(String name, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + ": " + min + " to " + max + ", not " + value);
        }
    }
}
