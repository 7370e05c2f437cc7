package io.eventsync.server.delivery;

import io.eventsync.server.endpoint.EndpointSettings.RateLimit;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Holds requests to an endpoint's rate. What it holds back uses no attempt. */
final class RateGate {
    private final @Nullable Bucket bucket;
    private long nowMillis;

    RateGate(Optional<RateLimit> rate, long nowMillis) {
        this.nowMillis = nowMillis;
        this.bucket = rate.map(this::bucket).orElse(null);
    }

    private Bucket bucket(RateLimit rate) {
        long nanosPerToken = Math.max(1, (long) (1e9 / rate.perSecond()));
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(rate.burst()).refillGreedy(1, Duration.ofNanos(nanosPerToken)))
                .withCustomTimePrecision(new TimeMeter() {
                    @Override
                    public long currentTimeNanos() {
                        return TimeUnit.MILLISECONDS.toNanos(nowMillis);
                    }

                    @Override
                    public boolean isWallClockBased() {
                        return false;
                    }
                })
                .build();
    }

    /** How long until a request may go; 0 if one may now. */
    long waitMillis(long now) {
        if (bucket == null) {
            return 0;
        }
        nowMillis = now;
        long nanos = bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill();
        return (nanos + 999_999) / 1_000_000;
    }

    void take(long now) {
        if (bucket != null) {
            nowMillis = now;
            bucket.consumeIgnoringRateLimits(1);
        }
    }
}
