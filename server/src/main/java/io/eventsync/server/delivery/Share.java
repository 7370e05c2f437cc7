package io.eventsync.server.delivery;

import io.eventsync.server.upkeep.Upkeep;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many endpoints are this node's to work, and until when: says that the node lives, takes leases that nobody has, and has its
 * holder look at those that changed. All on the context of the node's verticle.
 */
final class Share {
    private static final Logger LOG = LoggerFactory.getLogger(Share.class);
    private static final long LOOK_MILLIS = 500;
    /** What changes on this node is told by {@link #hint}, so only other nodes make it look often. */
    private static final long LOOK_ALONE_MILLIS = 2_000;

    private static final long REAP_MILLIS = 20_000;
    private static final int TAKE_MAX = 200;

    private final LeaseStore leases;
    private final UUID node;
    private final long leaseMillis;
    private final SteadyClock clock;
    private final Holder holder;
    private final List<Upkeep> rounds;
    private long leaseUntilMillis = Long.MIN_VALUE;
    private int target;
    private int nodes;

    private boolean isHinted;
    private boolean isHintedAgain;
    private boolean isLooking;
    private boolean looksAgain;
    private boolean isStopping;

    /** Works the endpoints. */
    interface Holder {
        /** How many endpoints it works now. */
        int assigned();

        /** What the database knows of this node's leases: follows what changed, and gives up what is beyond the target. */
        Future<Void> follow(List<LeaseStore.Revision> revisions);

        /** These are this node's now. */
        Future<Void> load(Long[] endpoints);
    }

    Share(Vertx vertx, LeaseStore leases, UUID node, Duration lease, SteadyClock clock, Holder holder) {
        this.leases = leases;
        this.node = node;
        this.leaseMillis = lease.toMillis();
        this.clock = clock;
        this.holder = holder;
        this.rounds = List.of(
                new Upkeep(vertx, "lease", leaseMillis / 3, this::beatAndBalance),
                new Upkeep(vertx, "endpoints", this::lookMillis, () -> look().map(v -> false)),
                new Upkeep(vertx, "reap", REAP_MILLIS, () -> leases.reap().map(v -> false)));
    }

    Future<Void> start() {
        return beat().compose(v -> look()).map(v -> {
            rounds.forEach(Upkeep::start);
            return null;
        });
    }

    /** How many endpoints should be this node's. */
    int target() {
        return target;
    }

    /** Whether others may not have taken this node's endpoints yet. */
    boolean isAlive() {
        return clock.millis() < leaseUntilMillis;
    }

    private Future<Void> beat() {
        long before = clock.millis();
        return leases.beat(node, leaseMillis).map(beat -> {
            clock.set(beat.nowMicros());
            leaseUntilMillis = Math.max(leaseUntilMillis, before + leaseMillis);
            target = (beat.endpoints() + beat.nodes() - 1) / Math.max(1, beat.nodes());
            nodes = beat.nodes();
            return null;
        });
    }

    /** More or fewer endpoints than this node works, because others came or went, are looked at right away. */
    private Future<Boolean> beatAndBalance() {
        return beat().compose(v -> target == holder.assigned() ? Future.succeededFuture() : look())
                .map(v -> false);
    }

    private long lookMillis() {
        return nodes <= 1 ? LOOK_ALONE_MILLIS : LOOK_MILLIS;
    }

    /** Something about endpoints was changed on this node. */
    void hint() {
        if (isHinted) {
            isHintedAgain = true;
            return;
        }
        isHinted = true;
        // The beat says how many endpoints are this node's share.
        Future<Void> beaten = isStopping ? Future.succeededFuture() : beat();
        Object unused = beaten.eventually(this::look).onComplete(v -> {
            isHinted = false;
            if (isHintedAgain) {
                isHintedAgain = false;
                hint();
            }
        });
    }

    /** Has what changed about this node's endpoints followed, and takes what is free. */
    private Future<Void> look() {
        if (isLooking) {
            looksAgain = true;
            return Future.succeededFuture();
        }
        isLooking = true;
        return leases.revisions(node)
                .compose(holder::follow)
                .compose(v -> take())
                .eventually(() -> {
                    isLooking = false;
                    if (looksAgain) {
                        looksAgain = false;
                        Object unused = look();
                    }
                    return Future.succeededFuture();
                });
    }

    private Future<Void> take() {
        if (isStopping || !isAlive()) {
            return Future.succeededFuture();
        }
        int room = Math.max(0, Math.min(TAKE_MAX, target - holder.assigned()));
        return leases.take(node, room).compose(taken -> {
            Set<Long> endpoints = taken.epochs().keySet();
            Future<Void> worked = Future.succeededFuture();
            if (!endpoints.isEmpty()) {
                LOG.info("endpoints taken count={}", endpoints.size());
                looksAgain = looksAgain || endpoints.size() == room;
                worked = holder.load(endpoints.toArray(Long[]::new));
            }
            return taken.nodes() == nodes ? worked : worked.compose(v -> countAnew());
        });
    }

    /** A node has come or died since this one's last beat: its share is another one, and what the dead one had is free. */
    private Future<Void> countAnew() {
        return isStopping ? Future.succeededFuture() : beat().onSuccess(v -> looksAgain = true);
    }

    /** Says that this node keeps to these revisions. */
    Future<Void> followed(List<LeaseStore.Revision> revisions) {
        return revisions.isEmpty() ? Future.succeededFuture() : leases.followed(node, revisions);
    }

    Future<Void> release(List<EndpointHandle> handles) {
        return handles.isEmpty() ? Future.succeededFuture() : leases.release(node, handles);
    }

    /** Takes no more. What is held can still be released. */
    void stop() {
        isStopping = true;
        rounds.forEach(Upkeep::close);
    }

    /** Gives up all that is left, and the node itself. */
    Future<Void> leave() {
        return leases.leave(node);
    }
}
