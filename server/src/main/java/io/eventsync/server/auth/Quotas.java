package io.eventsync.server.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How much each principal may do on this node. Safe for every event loop. */
public final class Quotas {
    private static final int PRINCIPALS_MAX = 10_000;

    private final AuthConfig config;
    private final Cache<String, Used> byPrincipal = Caffeine.newBuilder()
            .maximumSize(PRINCIPALS_MAX)
            .expireAfterAccess(Duration.ofHours(1))
            .executor(Runnable::run)
            .build();

    /** Apart from the rates, which may be forgotten: a stream stays open for longer than its principal is remembered. */
    private final Map<String, Integer> streams = new ConcurrentHashMap<>();

    private record Used(Bucket calls, Bucket events) {}

    public Quotas(AuthConfig config) {
        this.config = config;
    }

    /** One more call, or RATE_LIMITED. */
    public void call(Principal principal) {
        if (config.callsPerSecond() > 0) {
            take(of(principal).calls(), 1, "calls");
        }
    }

    /** So many events to append, or RATE_LIMITED. A batch larger than what a second holds passes a full bucket. */
    public void events(Principal principal, int events) {
        if (config.eventsPerSecond() > 0) {
            take(of(principal).events(), Math.min(events, config.eventsPerSecond()), "events");
        }
    }

    /** One more stream, or LIMIT_REACHED. Run what this answers when the stream has ended. */
    public Runnable stream(Principal principal) {
        if (config.streamsMax() == 0) {
            return () -> {};
        }
        String name = name(principal);
        if (streams.merge(name, 1, Integer::sum) > config.streamsMax()) {
            release(name);
            throw Failure.of(Reason.LIMIT_REACHED, "the principal has as many streams open as it may")
                    .with("limit", config.streamsMax());
        }
        return () -> release(name);
    }

    private void release(String name) {
        streams.computeIfPresent(name, (n, open) -> open == 1 ? null : open - 1);
    }

    private static String name(Principal principal) {
        return principal.tokenId().orElse(principal.name());
    }

    private Used of(Principal principal) {
        return byPrincipal.get(
                name(principal), name -> new Used(bucket(config.callsPerSecond()), bucket(config.eventsPerSecond())));
    }

    private static Bucket bucket(int perSecond) {
        int capacity = Math.max(1, perSecond);
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(capacity).refillGreedy(capacity, Duration.ofSeconds(1)))
                .build();
    }

    private static void take(Bucket bucket, int tokens, String what) {
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(tokens);
        if (!probe.isConsumed()) {
            throw Failure.of(Reason.RATE_LIMITED, "the principal's rate of " + what + " is used up")
                    .retryAfter(Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
    }
}
