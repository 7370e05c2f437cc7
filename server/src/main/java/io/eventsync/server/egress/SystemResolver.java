package io.eventsync.server.egress;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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

/** Looks names up on a few threads of its own, for the system's resolver blocks; each name once at a time. Belongs to one event loop. */
final class SystemResolver implements HostResolver {
    private static final Duration KNOWN_FOR = Duration.ofSeconds(10);
    private static final int HOSTS_MAX = 10_000;
    private static final int THREADS = 8;

    private final Vertx vertx;
    private final WorkerExecutor threads;
    private final Duration timeout;
    private final Lookup lookup;
    private final Cache<String, List<InetAddress>> known = Caffeine.newBuilder()
            .expireAfterWrite(KNOWN_FOR)
            .maximumSize(HOSTS_MAX)
            .executor(Runnable::run)
            .build();
    private final Map<String, Future<List<InetAddress>>> underWay = new HashMap<>();

    @FunctionalInterface
    interface Lookup {
        InetAddress[] addresses(String host) throws Exception;
    }

    SystemResolver(Vertx vertx, Duration timeout, Lookup lookup) {
        this.vertx = vertx;
        this.threads = vertx.createSharedWorkerExecutor("eventsync-dns", THREADS);
        this.timeout = timeout;
        this.lookup = lookup;
    }

    @Override
    public Future<List<InetAddress>> resolve(String host) {
        List<InetAddress> addresses = known.getIfPresent(host);
        if (addresses != null) {
            return Future.succeededFuture(addresses);
        }
        Future<List<InetAddress>> same = underWay.get(host);
        return inTime(same == null ? ask(host) : same);
    }

    /** By a timer of this loop: {@link Future#timeout} answers on a thread of its own. */
    private Future<List<InetAddress>> inTime(Future<List<InetAddress>> answer) {
        Promise<List<InetAddress>> mine = Promise.promise();
        long timer = vertx.setTimer(timeout.toMillis(), t -> mine.tryFail(new TimeoutException()));
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
        threads.executeBlocking(() -> List.of(lookup.addresses(host)), false).onComplete((addresses, failure) -> {
            underWay.remove(host);
            if (failure == null) {
                known.put(host, addresses);
                answer.complete(addresses);
            } else {
                answer.fail(failure);
            }
        });
        return answer.future();
    }
}
