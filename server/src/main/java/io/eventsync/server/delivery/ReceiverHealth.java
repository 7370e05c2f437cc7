package io.eventsync.server.delivery;

import java.util.ArrayList;
import java.util.List;

/** What the answers of an endpoint's receiver say of it: whether it may be sent to, and since when it has not worked. */
final class ReceiverHealth {
    private static final long RETRY_AFTER_MILLIS_MAX = 24L * 3_600_000;

    private final Breaker breaker;
    private final FailingSince failing;
    private long pausedUntilMillis;
    private long lastSuccessMillis = Long.MIN_VALUE;
    private long lastFailureMillis = Long.MIN_VALUE;

    ReceiverHealth(Breaker breaker, FailingSince failing, long pausedUntilMillis) {
        this.breaker = breaker;
        this.failing = failing;
        this.pausedUntilMillis = pausedUntilMillis;
    }

    /** What is worth telling about an answer, beyond the answer itself. */
    enum News {
        BREAKER_OPENED,
        BREAKER_CLOSED,
        GONE,
        FAILING_FOR_DAYS
    }

    Breaker breaker() {
        return breaker;
    }

    FailingSince failing() {
        return failing;
    }

    /** Nothing is sent before; the receiver asked for it. */
    long pausedUntilMillis() {
        return pausedUntilMillis;
    }

    long lastSuccessMillis() {
        return lastSuccessMillis;
    }

    long lastFailureMillis() {
        return lastFailureMillis;
    }

    /** How long the receiver asked to be left alone, as far as it is obeyed. */
    static long pauseMillis(AttemptResult result) {
        return Math.min(RETRY_AFTER_MILLIS_MAX, result.retryAfterMillis());
    }

    /** @param position of the attempt's first event */
    List<News> judge(AttemptResult result, long position, long nowMillis) {
        List<News> news = new ArrayList<>();
        Breaker.State before = breaker.state();
        if (result.error().isEmpty() || result.is(AttemptError.PARTIAL)) {
            lastSuccessMillis = nowMillis;
            failing.succeeded();
            breaker.succeeded(nowMillis);
            if (before == Breaker.State.HALF_OPEN) {
                news.add(News.BREAKER_CLOSED);
            }
            return news;
        }
        lastFailureMillis = nowMillis;
        if (result.retryAfterMillis() > 0) {
            pausedUntilMillis = Math.max(pausedUntilMillis, nowMillis + pauseMillis(result));
        }
        if (result.is(AttemptError.INTERNAL)) {
            breaker.saidNothing(nowMillis);
            return news;
        }
        failing.failed(nowMillis, position);
        if (result.is(AttemptError.THROTTLED)) {
            breaker.saidNothing(nowMillis);
        } else {
            breaker.failed(nowMillis);
            if (before == Breaker.State.CLOSED && breaker.state() == Breaker.State.OPEN) {
                news.add(News.BREAKER_OPENED);
            }
        }
        if (result.is(AttemptError.GONE)) {
            news.add(News.GONE);
        } else if (failing.isEnough()) {
            news.add(News.FAILING_FOR_DAYS);
        }
        return news;
    }
}
