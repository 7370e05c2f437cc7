package io.eventsync.loadtest.propagate;

import io.eventsync.loadtest.rpc.Target;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration file or the flags say; what they leave out is null.
 *
 * @param interval `interval_seconds`, from 1 ms to 1 day
 * @param apiEndpoint `api_endpoint`, an http or https URL
 * @param target `target`, the gRPC address of a server
 * @param eventsFile `events_file`
 * @param count `count`, at least 1
 * @param duration `duration_seconds`
 * @param seed `seed`
 */
record PropagateConfig(
        @Nullable Duration interval,
        @Nullable URI apiEndpoint,
        @Nullable Target target,
        @Nullable Path eventsFile,
        @Nullable Long count,
        @Nullable Duration duration,
        @Nullable Long seed) {

    static final Duration INTERVAL_MIN = Duration.ofMillis(1);
    static final Duration INTERVAL_MAX = Duration.ofDays(1);

    static PropagateConfig empty() {
        return new PropagateConfig(null, null, null, null, null, null, null);
    }

    /** These values, and the other's where this has none. Where events go is one choice, so it comes from one side. */
    PropagateConfig over(PropagateConfig other) {
        boolean hasPlace = apiEndpoint != null || target != null;
        return new PropagateConfig(
                interval != null ? interval : other.interval,
                hasPlace ? apiEndpoint : other.apiEndpoint,
                hasPlace ? target : other.target,
                eventsFile != null ? eventsFile : other.eventsFile,
                count != null ? count : other.count,
                duration != null ? duration : other.duration,
                seed != null ? seed : other.seed);
    }

    /** An http or https URL with a host, or a reason why it is none. */
    static URI endpoint(String name, String text) {
        return httpUrl(text)
                .orElseThrow(() -> new ConfigException(
                        name + ": '" + text + "' is not an http or https URL such as http://localhost:8000/event"));
    }

    static Duration interval(String name, Duration given) {
        if (given.compareTo(INTERVAL_MIN) < 0 || given.compareTo(INTERVAL_MAX) > 0) {
            throw new ConfigException(
                    name + ": an interval is 0.001 to " + INTERVAL_MAX.toSeconds() + " seconds, not " + seconds(given));
        }
        return given;
    }

    private static String seconds(Duration given) {
        return given.toMillis() % 1_000 == 0
                ? Long.toString(given.toSeconds())
                : Double.toString(given.toMillis() / 1e3);
    }

    private static Optional<URI> httpUrl(String text) {
        try {
            URI url = URI.create(text);
            boolean isHttp = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            return isHttp && url.getHost() != null ? Optional.of(url) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
