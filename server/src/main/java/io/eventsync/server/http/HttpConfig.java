package io.eventsync.server.http;

import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.time.Duration;
import java.util.List;

/**
 * The listening port and what one connection may ask of it.
 *
 * @param port 0 takes any free port
 * @param eventLoops 0 takes one for each core
 * @param requestTimeout the deadline of a unary call that names none
 */
public record HttpConfig(
        String host,
        int port,
        int eventLoops,
        Duration drainTimeout,
        int connectionsMax,
        int streamsPerConnectionMax,
        int requestBytesMax,
        Duration requestTimeout,
        Duration pingInterval,
        Duration pingTimeout) {

    public static final Setting<String> HOST = Setting.text("server.host", "127.0.0.1", "Address to listen on");
    public static final Setting<Integer> PORT =
            Setting.integer("server.port", 7300, 0, 65_535, "Port to listen on; 0 takes any free one");
    public static final Setting<Integer> EVENT_LOOPS = Setting.integer(
            "server.event-loops", 0, 0, 1_024, "Threads that serve connections; 0 is one for each core");
    public static final Setting<Duration> DRAIN_TIMEOUT = Setting.duration(
            "server.drain-timeout",
            Duration.ofSeconds(10),
            Duration.ZERO,
            Duration.ofHours(1),
            "How long open calls may take to end when the server stops");
    public static final Setting<Integer> CONNECTIONS_MAX =
            Setting.integer("server.connections-max", 10_000, 1, 1_000_000, "Connections open at once");
    public static final Setting<Integer> STREAMS_PER_CONNECTION_MAX = Setting.integer(
            "server.streams-per-connection-max", 1_000, 1, 100_000, "Calls open at once on one connection");
    public static final Setting<Long> REQUEST_BYTES_MAX =
            Setting.bytes("server.request-bytes-max", 4L << 20, 64L << 10, 256L << 20, "Size of one request");
    public static final Setting<Duration> REQUEST_TIMEOUT = Setting.duration(
            "server.request-timeout",
            Duration.ofSeconds(60),
            Duration.ofMillis(100),
            Duration.ofHours(1),
            "Deadline of a unary call that names none");
    public static final Setting<Duration> PING_INTERVAL = Setting.duration(
            "server.ping-interval",
            Duration.ofSeconds(15),
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            "How often a connection is asked whether it still lives");
    public static final Setting<Duration> PING_TIMEOUT = Setting.duration(
            "server.ping-timeout",
            Duration.ofSeconds(10),
            Duration.ofMillis(100),
            Duration.ofHours(1),
            "How long that answer may take before the connection is closed");

    public static final List<Setting<?>> SETTINGS = List.of(
            HOST,
            PORT,
            EVENT_LOOPS,
            DRAIN_TIMEOUT,
            CONNECTIONS_MAX,
            STREAMS_PER_CONNECTION_MAX,
            REQUEST_BYTES_MAX,
            REQUEST_TIMEOUT,
            PING_INTERVAL,
            PING_TIMEOUT);

    public HttpConfig {
        HOST.require(host);
        PORT.require(port);
        EVENT_LOOPS.require(eventLoops);
        DRAIN_TIMEOUT.require(drainTimeout);
        CONNECTIONS_MAX.require(connectionsMax);
        STREAMS_PER_CONNECTION_MAX.require(streamsPerConnectionMax);
        REQUEST_BYTES_MAX.require((long) requestBytesMax);
        REQUEST_TIMEOUT.require(requestTimeout);
        PING_INTERVAL.require(pingInterval);
        PING_TIMEOUT.require(pingTimeout);
    }

    public static HttpConfig from(Settings settings) {
        return new HttpConfig(
                settings.get(HOST),
                settings.get(PORT),
                settings.get(EVENT_LOOPS),
                settings.get(DRAIN_TIMEOUT),
                settings.get(CONNECTIONS_MAX),
                settings.get(STREAMS_PER_CONNECTION_MAX),
                Math.toIntExact(settings.get(REQUEST_BYTES_MAX)),
                settings.get(REQUEST_TIMEOUT),
                settings.get(PING_INTERVAL),
                settings.get(PING_TIMEOUT));
    }
}
