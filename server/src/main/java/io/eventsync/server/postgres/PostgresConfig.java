package io.eventsync.server.postgres;

import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Which Postgres holds the log. Without a URL one is started from the data directory.
 *
 * @param sharedBuffersBytes for the started one; yours keeps its own
 * @param diskFreeBytesMin room on the disk of the started one below which events are refused; 0 does not look
 */
public record PostgresConfig(
        Optional<String> url,
        int poolSize,
        Duration connectTimeout,
        Duration answerTimeout,
        Path dataDir,
        long sharedBuffersBytes,
        long diskFreeBytesMin) {

    public static final Setting<Optional<String>> URL = Setting.optionalText(
                    "database.url",
                    "Postgres to use, as postgresql://user:password@host:5432/database; without it one is started in data.dir")
            .matching(
                    url -> url.map(DatabaseUrl::isReadable).orElse(true),
                    "as postgresql://user:password@host:5432/database; in user and password all but letters, digits and -._~!* is"
                            + " percent-encoded, such as / as %2F")
            .secret(DatabaseUrl::mask);
    public static final Setting<Integer> POOL_SIZE =
            Setting.integer("database.pool-size", 8, 1, 1_000, "Connections kept to Postgres");
    public static final Setting<Duration> CONNECT_TIMEOUT = Setting.duration(
            "database.connect-timeout",
            Duration.ofSeconds(5),
            Duration.ofMillis(100),
            Duration.ofMinutes(5),
            "How long one attempt to connect to Postgres may take");
    public static final Setting<Duration> ANSWER_TIMEOUT = Setting.duration(
            "database.answer-timeout",
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            "How long Postgres may take over one statement before its connection is given up as dead; 10 s at most for what"
                    + " appends, webhooks and live streams wait for");
    public static final Setting<Path> DATA_DIR = Setting.path(
            "data.dir", ".eventsync", "Folder of the Postgres that is started when database.url is not set");
    public static final Setting<Long> SHARED_BUFFERS = Setting.bytes(
            "database.shared-buffers",
            256L << 20,
            1L << 20,
            1L << 40,
            "Memory for the pages of the Postgres that is started");

    public static final Setting<Long> DISK_FREE_MIN = Setting.bytes(
            "database.disk-free-min",
            256L << 20,
            0,
            1L << 50,
            "Room on the disk of the Postgres that is started below which events are refused; 0 does not look");

    public static final List<Setting<?>> SETTINGS =
            List.of(URL, POOL_SIZE, CONNECT_TIMEOUT, ANSWER_TIMEOUT, DATA_DIR, SHARED_BUFFERS, DISK_FREE_MIN);

    public PostgresConfig {
        URL.require(url);
        POOL_SIZE.require(poolSize);
        CONNECT_TIMEOUT.require(connectTimeout);
        ANSWER_TIMEOUT.require(answerTimeout);
        DATA_DIR.require(dataDir);
        SHARED_BUFFERS.require(sharedBuffersBytes);
        DISK_FREE_MIN.require(diskFreeBytesMin);
    }

    public static PostgresConfig from(Settings settings) {
        return new PostgresConfig(
                settings.get(URL),
                settings.get(POOL_SIZE),
                settings.get(CONNECT_TIMEOUT),
                settings.get(ANSWER_TIMEOUT),
                settings.get(DATA_DIR),
                settings.get(SHARED_BUFFERS),
                settings.get(DISK_FREE_MIN));
    }

    @Override
    public String toString() {
        return "PostgresConfig[url=" + URL.show(url) + ", poolSize=" + poolSize + ", connectTimeout=" + connectTimeout
                + ", answerTimeout=" + answerTimeout + ", dataDir=" + dataDir + ", sharedBuffersBytes="
                + sharedBuffersBytes
                + ", diskFreeBytesMin=" + diskFreeBytesMin + "]";
    }
}
