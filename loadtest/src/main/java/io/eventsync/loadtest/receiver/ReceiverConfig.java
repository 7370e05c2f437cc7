package io.eventsync.loadtest.receiver;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a receiver starts.
 *
 * @param host the address to listen on
 * @param port where to listen; 0 takes a free one
 * @param eventLoops how many event loops serve, 1 to 64
 * @param seed for choices by chance
 * @param modes by endpoint; one that is not named is {@code ok}
 * @param secrets {@code whsec_...} by endpoint; one that is not named takes requests without a signature
 * @param log the file that gets a line for each request, or null
 * @param clock for the log, and for modes that go by time
 */
public record ReceiverConfig(
        String host,
        int port,
        int eventLoops,
        long seed,
        Map<String, Mode> modes,
        Map<String, String> secrets,
        @Nullable Path log,
        InstantSource clock) {

    public ReceiverConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
        }
        if (eventLoops < 1 || eventLoops > 64) {
            throw new IllegalArgumentException("eventLoops " + eventLoops + " is not between 1 and 64");
        }
        modes = Map.copyOf(modes);
        secrets = Map.copyOf(secrets);
    }

    /** On any free port of loopback, one event loop, everything {@code ok}, no log. */
    public static ReceiverConfig defaults() {
        return new ReceiverConfig("127.0.0.1", 0, 1, 1, Map.of(), Map.of(), null, InstantSource.system());
    }

    public ReceiverConfig withHost(String changed) {
        return new ReceiverConfig(changed, port, eventLoops, seed, modes, secrets, log, clock);
    }

    public ReceiverConfig withPort(int changed) {
        return new ReceiverConfig(host, changed, eventLoops, seed, modes, secrets, log, clock);
    }

    public ReceiverConfig withEventLoops(int changed) {
        return new ReceiverConfig(host, port, changed, seed, modes, secrets, log, clock);
    }

    public ReceiverConfig withSeed(long changed) {
        return new ReceiverConfig(host, port, eventLoops, changed, modes, secrets, log, clock);
    }

    public ReceiverConfig withModes(Map<String, Mode> changed) {
        return new ReceiverConfig(host, port, eventLoops, seed, changed, secrets, log, clock);
    }

    /** Adds the mode of one endpoint, such as {@code withMode("a", "fail:5")}. */
    public ReceiverConfig withMode(String endpoint, String mode) {
        Map<String, Mode> changed = new HashMap<>(modes);
        changed.put(endpoint, Mode.parse(mode));
        return withModes(changed);
    }

    public ReceiverConfig withSecrets(Map<String, String> changed) {
        return new ReceiverConfig(host, port, eventLoops, seed, modes, changed, log, clock);
    }

    /** Adds the secret of one endpoint. */
    public ReceiverConfig withSecret(String endpoint, String secret) {
        Map<String, String> changed = new HashMap<>(secrets);
        changed.put(endpoint, secret);
        return withSecrets(changed);
    }

    public ReceiverConfig withLog(@Nullable Path changed) {
        return new ReceiverConfig(host, port, eventLoops, seed, modes, secrets, changed, clock);
    }

    public ReceiverConfig withClock(InstantSource changed) {
        return new ReceiverConfig(host, port, eventLoops, seed, modes, secrets, log, changed);
    }

    @Override
    public String toString() {
        return "ReceiverConfig[host=" + host + ", port=" + port + ", eventLoops=" + eventLoops + ", seed=" + seed
                + ", modes=" + modes + ", secrets of " + secrets.keySet() + ", log=" + log + "]";
    }
}
