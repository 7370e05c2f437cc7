package io.eventsync.server.event;

import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.time.Duration;
import java.util.List;

/**
 * How the log gathers, stores and keeps events.
 *
 * @param partitionEvents positions in one partition; retention drops whole ones
 * @param retentionAge zero keeps events for ever
 * @param retentionBytes zero sets no bound
 */
public record LogConfig(
        int batchEventsMax,
        long batchBytesMax,
        int queueEventsMax,
        long queueBytesMax,
        long partitionEvents,
        int tagsMax,
        int tailEventsMax,
        long tailBytesMax,
        long idFilterBytesMax,
        Duration retentionAge,
        long retentionBytes,
        Duration pollInterval,
        Duration notifyInterval) {

    private static final long HEAP_BYTES = Runtime.getRuntime().maxMemory();

    public static final Setting<Integer> BATCH_EVENTS_MAX =
            Setting.integer("log.batch-events-max", 2_000, 1, 100_000, "Events written in one transaction");
    public static final Setting<Long> BATCH_BYTES_MAX =
            Setting.bytes("log.batch-bytes-max", 1L << 20, 1L << 10, 256L << 20, "Bytes written in one transaction");
    public static final Setting<Integer> QUEUE_EVENTS_MAX = Setting.integer(
            "log.queue-events-max",
            20_000,
            1,
            10_000_000,
            "Events waiting to be written before callers are turned away");
    public static final Setting<Long> QUEUE_BYTES_MAX = Setting.bytes(
            "log.queue-bytes-max",
            64L << 20,
            1L << 10,
            64L << 30,
            "Bytes waiting to be written before callers are turned away, with 8 KiB for each call; an eighth of the heap at most");
    public static final Setting<Long> PARTITION_EVENTS = Setting.longInteger(
                    "log.partition-events", 4_194_304, 65_536, 1L << 36, "Positions in one partition of the log")
            .matching(events -> events % 65_536 == 0, "a multiple of 65536");
    public static final Setting<Integer> TAGS_MAX =
            Setting.integer("log.tags-max", 100_000, 1, 1_000_000, "Different tags the log may hold");
    public static final Setting<Integer> TAIL_EVENTS_MAX = Setting.integer(
            "log.tail-events-max", 65_536, 1, 16_777_216, "Newest events kept in memory for live readers");
    public static final Setting<Long> TAIL_BYTES_MAX = Setting.bytes(
            "log.tail-bytes-max",
            64L << 20,
            1L << 10,
            64L << 30,
            "Bytes of the newest events kept in memory; an eighth of the heap at most");
    public static final Setting<Long> ID_FILTER_BYTES_MAX = Setting.bytes(
            "log.id-filter-bytes-max",
            1L << 30,
            0,
            64L << 30,
            "Memory that says without the disk which ids of producers are new, 2 bytes an event of the log; an eighth of the heap at most. If it is too small, each is looked up");
    public static final Setting<Duration> RETENTION_AGE = Setting.duration(
            "log.retention-age",
            Duration.ZERO,
            Duration.ZERO,
            Duration.ofDays(36500),
            "Age at which whole partitions are dropped; 0s keeps all");
    public static final Setting<Long> RETENTION_BYTES = Setting.bytes(
            "log.retention-bytes",
            0,
            0,
            1L << 50,
            "Size of the log above which the oldest partitions are dropped; 0 keeps all");
    public static final Setting<Duration> POLL_INTERVAL = Setting.duration(
            "log.poll-interval",
            Duration.ofMillis(100),
            Duration.ofMillis(1),
            Duration.ofMinutes(1),
            "How often the log is read for events that no notification announced; not more than twice a second while no other server listens");
    public static final Setting<Duration> NOTIFY_INTERVAL = Setting.duration(
            "log.notify-interval",
            Duration.ofMillis(5),
            Duration.ofMillis(1),
            Duration.ofSeconds(10),
            "Least time between two notifications to other servers");

    public static final List<Setting<?>> SETTINGS = List.of(
            BATCH_EVENTS_MAX,
            BATCH_BYTES_MAX,
            QUEUE_EVENTS_MAX,
            QUEUE_BYTES_MAX,
            PARTITION_EVENTS,
            TAGS_MAX,
            TAIL_EVENTS_MAX,
            TAIL_BYTES_MAX,
            ID_FILTER_BYTES_MAX,
            RETENTION_AGE,
            RETENTION_BYTES,
            POLL_INTERVAL,
            NOTIFY_INTERVAL);

    public LogConfig {
        BATCH_EVENTS_MAX.require(batchEventsMax);
        BATCH_BYTES_MAX.require(batchBytesMax);
        QUEUE_EVENTS_MAX.require(queueEventsMax);
        QUEUE_BYTES_MAX.require(queueBytesMax);
        PARTITION_EVENTS.require(partitionEvents);
        TAGS_MAX.require(tagsMax);
        TAIL_EVENTS_MAX.require(tailEventsMax);
        TAIL_BYTES_MAX.require(tailBytesMax);
        ID_FILTER_BYTES_MAX.require(idFilterBytesMax);
        RETENTION_AGE.require(retentionAge);
        RETENTION_BYTES.require(retentionBytes);
        POLL_INTERVAL.require(pollInterval);
        NOTIFY_INTERVAL.require(notifyInterval);
    }

    public static LogConfig from(Settings settings) {
        return new LogConfig(
                settings.get(BATCH_EVENTS_MAX),
                settings.get(BATCH_BYTES_MAX),
                settings.get(QUEUE_EVENTS_MAX),
                Math.min(settings.get(QUEUE_BYTES_MAX), HEAP_BYTES / 8),
                settings.get(PARTITION_EVENTS),
                settings.get(TAGS_MAX),
                settings.get(TAIL_EVENTS_MAX),
                Math.min(settings.get(TAIL_BYTES_MAX), HEAP_BYTES / 8),
                Math.min(settings.get(ID_FILTER_BYTES_MAX), HEAP_BYTES / 8),
                settings.get(RETENTION_AGE),
                settings.get(RETENTION_BYTES),
                settings.get(POLL_INTERVAL),
                settings.get(NOTIFY_INTERVAL));
    }
}
