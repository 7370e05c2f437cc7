package io.eventsync.server.egress;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/**
 * Looks names up on a few threads of its own, for the system's resolver blocks; each name once at a time. Names that were slow lately have
 * threads of their own, and while a lookup takes too long what was known before goes on, so that a zone whose servers are silent holds up
 * few others. Belongs to one event loop.
 */
final class SystemResolver implements HostResolver {
    private static final Duration KNOWN_FOR = Duration.ofSeconds(10);
    private static final int HOSTS_MAX = 10_000;
    private static final Duration LAST_KNOWN_FOR = Duration.ofMinutes(10);
    private static final Duration SLOW_FOR = Duration.ofMinutes(1);
    private static final int THREADS = 8;
    private static final int SLOW_THREADS = 4;

    private final Vertx vertx;
    private final WorkerExecutor threads;
    private final WorkerExecutor slowThreads;
    private final Duration timeout;
    private final Lookup lookup;
    private final Cache<String, List<InetAddress>> known;
    private final Cache<String, List<InetAddress>> lastKnown;
    private final Cache<String, Duration> slow;
    private final Map<String, Future<List<InetAddress>>> underWay = new HashMap<>();

    @FunctionalInterface
    interface Lookup {
        InetAddress[] addresses(String host) throws Exception;
    }

    SystemResolver(Vertx vertx, Duration timeout, Lookup lookup) {
        this(vertx, timeout, lookup, Ticker.systemTicker());
    }

    SystemResolver(Vertx vertx, Duration timeout, Lookup lookup, Ticker ticker) {
        this.vertx = vertx;
        this.threads = vertx.createSharedWorkerExecutor("eventsync-dns", THREADS);
        this.slowThreads = vertx.createSharedWorkerExecutor("eventsync-dns-slow", SLOW_THREADS);
        this.timeout = timeout;
        this.lookup = lookup;
        this.known = keptFor(KNOWN_FOR, ticker);
        this.lastKnown = keptFor(LAST_KNOWN_FOR, ticker);
        this.slow = keptFor(SLOW_FOR, ticker);
    }

    private static <T> Cache<String, T> keptFor(Duration time, Ticker ticker) {
        return Caffeine.newBuilder()
                .expireAfterWrite(time)
                .maximumSize(HOSTS_MAX)
                .executor(Runnable::run)
                .ticker(ticker)
                .build();
    }

    @Override
    public Future<List<InetAddress>> resolve(String host) {
        List<InetAddress> addresses = known.getIfPresent(host);
        if (addresses != null) {
            return Future.succeededFuture(addresses);
        }
        Future<List<InetAddress>> same = underWay.get(host);
        return inTime(host, same == null ? ask(host) : same);
    }

    /** By a timer of this loop: {@link Future#timeout} answers on a thread of its own. */
    private Future<List<InetAddress>> inTime(String host, Future<List<InetAddress>> answer) {
        Promise<List<InetAddress>> mine = Promise.promise();
        long timer = vertx.setTimer(timeout.toMillis(), t -> {
            List<InetAddress> before = lastKnown.getIfPresent(host);
            if (before == null) {
                mine.tryFail(new TimeoutException());
            } else {
                mine.tryComplete(before);
            }
        });
        answer.onComplete((addresses, failure) -> {
            vertx.cancelTimer(timer);
            if (failure == null) {
                mine.tryComplete(addresses);
            } else {
                mine.tryFail(failure);
            }
        });
        return mine.future();
    }

    /** Under way before it is asked for: an answer may be there before the call that asks returns. */
    private Future<List<InetAddress>> ask(String host) {
        Promise<List<InetAddress>> answer = Promise.promise();
        underWay.put(host, answer.future());
        WorkerExecutor on = slow.getIfPresent(host) == null ? threads : slowThreads;
        on.executeBlocking(() -> lookUp(host), false).onComplete((addresses, failure) -> {
            underWay.remove(host);
            if (failure == null) {
                known.put(host, addresses);
                lastKnown.put(host, addresses);
                answer.complete(addresses);
            } else {
                answer.fail(failure);
            }
        });
        return answer.future();
    }

    private List<InetAddress> lookUp(String host) throws Exception {
        long begin = System.nanoTime();
        try {
            return List.of(lookup.addresses(host));
        } finally {
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            if (took.compareTo(timeout) > 0) {
                slow.put(host, took);
            }
        }
    }
}
