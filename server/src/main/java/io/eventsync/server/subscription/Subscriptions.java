package io.eventsync.server.subscription;

import com.github.f4b6a3.uuid.UuidCreator;
import io.eventsync.server.event.ReadableLog;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.sync.Cursors;
import io.eventsync.server.sync.Starts;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All open streams of this node: opens, lists, ends them. Any thread may call. */
public final class Subscriptions {
    private static final long BEAT_MILLIS = 250;
    private static final Duration RETRY_AFTER_DRAIN = Duration.ofSeconds(1);

    private final ReadableLog log;
    private final Cursors cursors;
    private final Starts starts;
    private final SubscriptionConfig config;
    private final InstantSource clock;
    private final SubscriptionMeters meters;
    private final Map<String, Subscription> open = new ConcurrentHashMap<>();
    private final Set<LiveLoop> watched = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    public Subscriptions(
            ReadableLog log,
            Cursors cursors,
            Starts starts,
            SubscriptionConfig config,
            InstantSource clock,
            MeterRegistry registry) {
        this.log = log;
        this.cursors = cursors;
        this.starts = starts;
        this.config = config;
        this.clock = clock;
        this.meters = new SubscriptionMeters(registry, this::size);
    }

    /** What the edge keeps of a stream that it opened: a way to say that the client is gone. */
    public interface Handle {
        void gone();
    }

    /** Watches over the streams of one loop for as long as it has any. Call on its context. */
    private void watch(LiveLoop loop) {
        if (watched.add(loop)) {
            beatLater(loop);
        }
    }

    private void beatLater(LiveLoop loop) {
        loop.vertx().setTimer(BEAT_MILLIS, t -> {
            long now = System.nanoTime();
            boolean hasStreams = false;
            for (Subscription subscription : open.values()) {
                if (subscription.loop() == loop) {
                    hasStreams = true;
                    subscription.beat(now);
                    endIfOld(subscription);
                }
            }
            if (hasStreams) {
                beatLater(loop);
            } else {
                watched.remove(loop);
            }
        });
    }

    private void endIfOld(Subscription subscription) {
        long ageMax = config.streamAgeMax().toMillis();
        if (ageMax > 0 && clock.millis() - subscription.info().startMillis() >= ageMax) {
            subscription.drain(Duration.ZERO, null);
        }
    }

    /** Opens a stream on the loop of the calling context. Fails before anything was written. */
    public Future<Handle> open(SubscriptionRequest request, LiveLoop loop, FrameSink sink) {
        return starts.resolve(request.start(), request.onExpired())
                .compose(start -> onLoop(loop, () -> {
                    requireRoom();
                    String id = UuidCreator.getTimeOrderedEpoch().toString();
                    Subscription subscription = new Subscription(
                            id,
                            request,
                            start.point(),
                            loop,
                            log,
                            cursors,
                            starts,
                            sink,
                            config.windowBytes(),
                            clock.millis(),
                            meters,
                            () -> open.remove(id));
                    open.put(id, subscription);
                    if (draining) { // since the look above; whoever drains may have missed it
                        open.remove(id);
                        throw drainingFailure();
                    }
                    watch(loop);
                    subscription.begin(start.gap());
                    return subscription::gone;
                }));
    }

    private void requireRoom() {
        if (draining) {
            throw drainingFailure();
        }
        if (open.size() >= config.max()) {
            throw Failure.of(Reason.LIMIT_REACHED, "the node has as many subscriptions as it takes")
                    .with("limit", config.max());
        }
    }

    private static <T> Future<T> onLoop(LiveLoop loop, java.util.function.Supplier<T> work) {
        Promise<T> promise = Promise.promise();
        loop.context().runOnContext(v -> {
            try {
                promise.complete(work.get());
            } catch (Failure refused) {
                promise.fail(refused);
            }
        });
        return promise.future();
    }

    /** Oldest first. */
    public List<SubscriptionInfo> list() {
        return open.values().stream()
                .map(Subscription::info)
                .sorted(Comparator.comparing(SubscriptionInfo::id))
                .toList();
    }

    public int size() {
        return open.size();
    }

    /** Ends a stream; answers whether there was one. */
    public boolean terminate(String id) {
        @Nullable Subscription subscription = open.get(id);
        if (subscription == null) {
            return false;
        }
        subscription
                .loop()
                .context()
                .runOnContext(
                        v -> subscription.fail(Failure.of(Reason.TERMINATED, "an administrator ended the stream")));
        return true;
    }

    /** Says good-bye to every client, each with its cursor; no new stream is opened from now on. */
    public Future<Void> drain() {
        draining = true;
        List<Future<Void>> drained = new ArrayList<>();
        for (Subscription subscription : open.values()) {
            drained.add(onLoop(subscription.loop(), () -> {
                subscription.drain(RETRY_AFTER_DRAIN, drainingFailure());
                return null;
            }));
        }
        return Future.join(drained).mapEmpty();
    }

    private static Failure drainingFailure() {
        return Failure.of(Reason.DRAINING, "this node is shutting down").retryAfter(RETRY_AFTER_DRAIN);
    }
}
