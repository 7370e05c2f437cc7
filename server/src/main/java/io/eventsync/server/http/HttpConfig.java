package io.eventsync.server.http;

import io.eventsync.server.config.Setting;
import io.eventsync.server.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The listening port and what one connection may ask of it.
 *
 * @param port 0 takes any free port
 * @param eventLoops 0 takes one for each core
 * @param requestTimeout how long a call that is not a stream may take, whatever deadline it names
 * @param headerTimeout how long a new connection may go without a whole request head
 * @param idleTimeout how long an HTTP/1.1 connection is kept without a request
 * @param corsOrigins origins, separated by commas
 * @param hosts host names, separated by commas
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
        Duration pingTimeout,
        Duration headerTimeout,
        Duration idleTimeout,
        Optional<String> corsOrigins,
        Optional<String> hosts) {

    private static final Pattern ORIGIN = Pattern.compile("\\*|https?://[a-z0-9.-]+(:[0-9]{1,5})?");
    private static final Pattern HOST_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]*");

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
            "How long a call that is not a stream may take, whatever deadline it names");
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
    public static final Setting<Duration> HEADER_TIMEOUT = Setting.duration(
            "http.header-timeout",
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            "How long a new connection may take until its first request has come with all its headers");
    public static final Setting<Duration> IDLE_TIMEOUT = Setting.duration(
            "http.idle-timeout",
            Duration.ofSeconds(60),
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            "How long an HTTP/1.1 connection is kept between two requests, at least");
    public static final Setting<Optional<String>> CORS_ORIGINS = Setting.optionalText(
                    "http.cors-origins",
                    "Origins whose web pages may call, such as https://app.example.org, separated by commas; * is all of them")
            .matching(HttpConfig::areOrigins, "origins such as https://app.example.org, separated by commas, or *");
    public static final Setting<Optional<String>> HOSTS = Setting.optionalText(
                    "http.hosts",
                    "Names beside localhost that a server on a loopback address may be called by, separated by commas")
            .matching(HttpConfig::areHosts, "host names without port, separated by commas");

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
            PING_TIMEOUT,
            HEADER_TIMEOUT,
            IDLE_TIMEOUT,
            CORS_ORIGINS,
            HOSTS);

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
        HEADER_TIMEOUT.require(headerTimeout);
        IDLE_TIMEOUT.require(idleTimeout);
        CORS_ORIGINS.require(corsOrigins);
        HOSTS.require(hosts);
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
                settings.get(PING_TIMEOUT),
                settings.get(HEADER_TIMEOUT),
                settings.get(IDLE_TIMEOUT),
                settings.get(CORS_ORIGINS),
                settings.get(HOSTS));
    }

    /** In lower case, as browsers send them. */
    Set<String> corsOriginSet() {
        return entries(corsOrigins);
    }

    Set<String> hostSet() {
        return entries(hosts);
    }

    private static Set<String> entries(Optional<String> text) {
        return text.stream()
                .flatMap(t -> Stream.of(t.split(",", -1)))
                .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean areOrigins(Optional<String> text) {
        return entries(text).stream().allMatch(ORIGIN.asMatchPredicate());
    }

    private static boolean areHosts(Optional<String> text) {
        return entries(text).stream().allMatch(HOST_NAME.asMatchPredicate());
    }
}
