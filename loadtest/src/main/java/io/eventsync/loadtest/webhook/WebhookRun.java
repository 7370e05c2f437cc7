package io.eventsync.loadtest.webhook;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.cluster.Cluster;
import io.eventsync.loadtest.cluster.ServerNode;
import io.eventsync.loadtest.webhook.Findings.Kind;
import io.eventsync.v1.Event;
import io.eventsync.v1.Ordering;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Feeds events, delivers them to a receiver that fails, kills servers meanwhile, and collects what there is to know in the end. */
final class WebhookRun {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookRun.class);
    private static final Duration STEP = Duration.ofMillis(2);
    private static final Duration START_MAX = Duration.ofSeconds(10);
    private static final Duration PROGRESS_MAX = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final Cluster cluster;
    private final Settings settings;
    private final Findings findings = new Findings();
    private final SplittableRandom random;
    private final List<Long> returns = new ArrayList<>();
    private volatile boolean isStopped;

    /**
     * @param mode of the receiver, for every endpoint
     * @param attempts before an event is given up
     * @param log where the receiver writes its requests down
     */
    record Settings(
            List<Event> events,
            int endpoints,
            Ordering ordering,
            String mode,
            int attempts,
            int inFlightMax,
            int kills,
            long seed,
            Duration giveUpAfter,
            String run,
            Path log) {

        HookWatch.Settings watched() {
            return new HookWatch.Settings(
                    CheckedEvents.prefixes(events, endpoints),
                    ordering,
                    mode,
                    attempts,
                    inFlightMax,
                    true,
                    seed,
                    giveUpAfter,
                    run,
                    log);
        }
    }

    WebhookRun(Vertx vertx, Cluster cluster, Settings settings) {
        this.vertx = vertx;
        this.cluster = cluster;
        this.settings = settings;
        this.random = new SplittableRandom(settings.seed());
    }

    void stop() {
        isStopped = true;
    }

    Findings findings() {
        return findings;
    }

    /** How long each killed server was away, in milliseconds. */
    List<Long> returns() {
        return List.copyOf(returns);
    }

    /** Blocks for the run. */
    WebhookHistory run() {
        cluster.start();
        HookWatch hooks = HookWatch.start(vertx, cluster, settings.watched());
        Feed feed = new Feed(cluster, settings.events());
        Edge.awaitDone(vertx.deployVerticle(feed), START_MAX);
        int[] due = dueDeliveries(hooks);
        for (int kill = 0; kill < settings.kills() && !isStopped; kill++) {
            killOnce(kill, feed, hooks, due);
        }
        feed.allow(settings.events().size());
        awaitFeed(feed);
        Set<String> acknowledged = Set.copyOf(feed.acknowledged()); // before the log is read
        WebhookHistory history = hooks.finish(() -> isStopped);
        findings.addAll(hooks.findings());
        findings.acknowledged(acknowledged, history.events());
        hooks.close();
        return history;
    }

    /** How many deliveries the first n events come to. */
    private int[] dueDeliveries(HookWatch hooks) {
        int[] due = new int[settings.events().size() + 1];
        for (int i = 0; i < settings.events().size(); i++) {
            due[i + 1] = due[i] + hooks.due(settings.events().get(i).getTag());
        }
        return due;
    }

    /**
     * Lets a share of the events go, and kills one server when a part of their deliveries, by chance, has arrived. Half of the share
     * is held back until deliveries are under way, so that the kill meets appends too.
     */
    private void killOnce(int number, Feed feed, HookWatch hooks, int[] due) {
        int from = (int) ((long) settings.events().size() * number / (settings.kills() + 1));
        int until = (int) ((long) settings.events().size() * (number + 1) / (settings.kills() + 1));
        double part = random.nextDouble();
        long before = hooks.accepted();
        feed.allow((from + until) / 2);
        waitUntil(() -> hooks.accepted() > before, PROGRESS_MAX);
        feed.allow(until);
        long wanted = Math.max(before, due[from]) + Math.round(part * (due[until] - Math.max(before, due[from])));
        waitUntil(() -> hooks.accepted() >= wanted, PROGRESS_MAX);

        ServerNode victim = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
        Set<String> owned = cluster.nodes().size() > 1 ? hooks.owned(victim.nodeId()) : Set.of();
        victim.kill();
        long killedNanos = System.nanoTime();
        hooks.disturbed(victim.nodeId(), owned);
        LOG.info(
                "killed={} node={} acknowledged={} accepted={} of={}",
                number + 1,
                victim.target(),
                feed.acknowledged().size(),
                hooks.accepted(),
                due[until]);
        victim.start();
        cluster.awaitReady(victim);
        returns.add((System.nanoTime() - killedNanos) / 1_000_000);
    }

    private void awaitFeed(Feed feed) {
        try {
            waitUntil(() -> feed.done().isComplete(), settings.giveUpAfter().multipliedBy(2));
            Edge.awaitDone(feed.done(), STEP);
        } catch (RuntimeException e) {
            findings.add(Kind.SERVER, "ingest ended early: " + Edge.describe(e));
        }
    }

    private void waitUntil(BooleanSupplier isReached, Duration max) {
        long until = System.nanoTime() + max.toNanos();
        while (!isStopped && !isReached.getAsBoolean() && System.nanoTime() < until) {
            rest(STEP);
        }
    }

    private static void rest(Duration time) {
        Future<Void> never = Promise.<Void>promise().future();
        Edge.awaitOrElapse(never, time);
    }
}
