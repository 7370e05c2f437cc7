package io.eventsync.server.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SystemResolverIT {
    private static final Duration LONG = Duration.ofSeconds(10);

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final AtomicInteger lookups = new AtomicInteger();
    private volatile CountDownLatch answer = new CountDownLatch(0);

    @AfterEach
    void stop() {
        RawReceiver.done(vertx.close());
    }

    @Test
    void name_isLookedUpOnce_thenKnown() {
        HostResolver resolver = new SystemResolver(vertx, LONG, this::found);

        List<InetAddress> both = call(
                () -> Future.join(resolver.resolve("a"), resolver.resolve("a")).map(all -> all.resultAt(1)));
        List<InetAddress> later = call(() -> resolver.resolve("a"));

        assertThat(both).isEqualTo(TestEgress.addresses("8.8.8.8", "1.1.1.1")).isEqualTo(later);
        assertThat(lookups).hasValue(1);
    }

    /** Many names: an answer that comes before the call that asks has returned is rare. */
    @Test
    void failure_isNotKept() {
        Set<String> asked = ConcurrentHashMap.newKeySet();
        HostResolver resolver = new SystemResolver(vertx, LONG, host -> {
            if (asked.add(host)) {
                throw new UnknownHostException(host);
            }
            return new InetAddress[] {TestEgress.address("8.8.8.8")};
        });

        for (int name = 0; name < 2_000; name++) {
            String host = "host" + name;
            assertThatThrownBy(() -> call(() -> resolver.resolve(host)))
                    .hasRootCauseInstanceOf(UnknownHostException.class);
            assertThat(call(() -> resolver.resolve(host))).hasSize(1);
        }
    }

    @Test
    void slowName_failsInTime_andIsAskedForOnce() {
        CountDownLatch release = new CountDownLatch(1);
        HostResolver resolver = new SystemResolver(vertx, Duration.ofMillis(100), host -> {
            release.await();
            return found(host);
        });

        assertThatThrownBy(() -> call(() -> resolver.resolve("a"))).hasRootCauseInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> call(() -> resolver.resolve("a"))).hasRootCauseInstanceOf(TimeoutException.class);
        release.countDown();
        assertThat(call(() -> resolver.resolve("a").recover(late -> resolver.resolve("a"))))
                .isNotEmpty();
        assertThat(lookups).hasValue(1);
    }

    /** Who asks has state that belongs to its loop. */
    @Test
    void slowName_failsOnTheLoopThatAsked() {
        CountDownLatch release = new CountDownLatch(1);
        HostResolver resolver = new SystemResolver(vertx, Duration.ofMillis(100), host -> {
            release.await();
            return found(host);
        });

        Context answered =
                call(() -> resolver.resolve("a").transform(late -> Future.succeededFuture(Vertx.currentContext())));

        assertThat(answered).isSameAs(context);
        release.countDown();
    }

    @Test
    void slowName_doesNotHoldUpAnother() {
        CountDownLatch release = new CountDownLatch(1);
        HostResolver resolver = new SystemResolver(vertx, LONG, host -> {
            if (host.equals("slow")) {
                release.await();
            }
            return found(host);
        });

        List<InetAddress> quick = call(() -> {
            resolver.resolve("slow").onComplete((addresses, failure) -> {});
            return resolver.resolve("quick");
        });

        assertThat(quick).isNotEmpty();
        release.countDown();
    }

    /** As many of them as there are threads. */
    @Test
    void namesWithoutAnAnswer_leaveTheOthersTheirs_onceTheyAreKnown() {
        answer = new CountDownLatch(1);
        HostResolver resolver = new SystemResolver(vertx, Duration.ofSeconds(1), host -> {
            if (host.startsWith("silent")) {
                answer.await();
                throw new UnknownHostException(host);
            }
            return found(host);
        });
        assertThatThrownBy(() -> call(() -> silent(resolver))).hasRootCauseInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> call(() -> silent(resolver))).hasRootCauseInstanceOf(TimeoutException.class);
        answer.countDown();
        assertThatThrownBy(() -> call(() -> silent(resolver))).hasRootCauseInstanceOf(UnknownHostException.class);
        answer = new CountDownLatch(1);

        List<InetAddress> quick = call(() -> {
            silent(resolver).onComplete((addresses, failure) -> {});
            return resolver.resolve("quick");
        });

        assertThat(quick).isNotEmpty();
        answer.countDown();
    }

    private static Future<?> silent(HostResolver resolver) {
        return Future.join(IntStream.range(0, 8)
                .mapToObj(i -> resolver.resolve("silent" + i))
                .toList());
    }

    @Test
    void lookupThatTakesTooLong_leavesWhatWasKnown_forAWhile() {
        AtomicLong nanos = new AtomicLong();
        HostResolver resolver = new SystemResolver(
                vertx,
                Duration.ofSeconds(1),
                host -> {
                    answer.await();
                    return found(host);
                },
                nanos::get);
        List<InetAddress> before = call(() -> resolver.resolve("a"));
        answer = new CountDownLatch(1);

        nanos.addAndGet(Duration.ofMinutes(5).toNanos());
        assertThat(call(() -> resolver.resolve("a"))).isEqualTo(before);

        nanos.addAndGet(Duration.ofMinutes(6).toNanos());
        assertThatThrownBy(() -> call(() -> resolver.resolve("a"))).hasRootCauseInstanceOf(TimeoutException.class);
        answer.countDown();
    }

    @Test
    void system_isAsked() {
        HostResolver resolver = HostResolver.system(vertx, LONG);

        assertThat(call(() -> resolver.resolve("localhost"))).allMatch(InetAddress::isLoopbackAddress);
    }

    private InetAddress[] found(String host) {
        lookups.incrementAndGet();
        return TestEgress.addresses("8.8.8.8", "1.1.1.1").toArray(InetAddress[]::new);
    }

    private <T> T call(Supplier<Future<T>> work) {
        Promise<T> result = Promise.promise();
        context.runOnContext(v -> work.get().onComplete(result));
        return RawReceiver.get(result.future());
    }
}
