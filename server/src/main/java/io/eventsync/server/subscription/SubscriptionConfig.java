package io.eventsync.server.subscription;

import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.time.Duration;
import java.util.List;

/**
 * How many live streams there may be and how each is fed.
 *
 * @param tick how often streams are given what has arrived
 * @param streamAgeMax zero lets a stream live as long as its connection
 */
public record SubscriptionConfig(
        int max, int windowBytes, Duration tick, Duration streamAgeMax, Duration heartbeatDefault) {

    public static final Setting<Integer> MAX =
            Setting.integer("subscription.max", 10_000, 1, 1_000_000, "Live streams open at once");
    public static final Setting<Long> WINDOW_BYTES = Setting.bytes(
            "subscription.window-bytes",
            64L << 10,
            1L << 10,
            64L << 20,
            "Bytes sent to one stream before it must take some; an 8192nd of the heap at most");
    public static final Setting<Duration> TICK = Setting.duration(
            "subscription.tick",
            Duration.ofMillis(2),
            Duration.ofMillis(1),
            Duration.ofSeconds(1),
            "How long events may be gathered for streams when there are so many that each round costs");
    public static final Setting<Duration> STREAM_AGE_MAX = Setting.duration(
            "subscription.stream-age-max",
            Duration.ZERO,
            Duration.ZERO,
            Duration.ofDays(365),
            "Age at which a stream is ended so that it may reconnect elsewhere; 0s never");
    public static final Setting<Duration> HEARTBEAT_DEFAULT = Setting.duration(
            "subscription.heartbeat-default",
            Duration.ofSeconds(15),
            Duration.ofSeconds(1),
            Duration.ofSeconds(300),
            "Heartbeat of streams that ask for none");

    public static final List<Setting<?>> SETTINGS = List.of(MAX, WINDOW_BYTES, TICK, STREAM_AGE_MAX, HEARTBEAT_DEFAULT);

    public SubscriptionConfig {
        MAX.require(max);
        WINDOW_BYTES.require((long) windowBytes);
        TICK.require(tick);
        STREAM_AGE_MAX.require(streamAgeMax);
        HEARTBEAT_DEFAULT.require(heartbeatDefault);
    }

    public static SubscriptionConfig from(Settings settings) {
        return new SubscriptionConfig(
                settings.get(MAX),
                Math.toIntExact(Math.min(
                        settings.get(WINDOW_BYTES),
                        shareBytes(Runtime.getRuntime().maxMemory()))),
                settings.get(TICK),
                settings.get(STREAM_AGE_MAX),
                settings.get(HEARTBEAT_DEFAULT));
    }

    /** What a stream may hold of a heap: a thousand that stand still, each with as much on its way to the transport, take a quarter of it. */
    public static long shareBytes(long heapBytes) {
        return heapBytes / 8_192;
    }
}
