package io.eventsync.loadtest.webhook;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.receiver.EndpointCounts;
import io.eventsync.loadtest.receiver.FlakyReceiver;
import io.eventsync.loadtest.receiver.ReceiverConfig;
import io.eventsync.loadtest.webhook.Findings.Kind;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.DeleteEndpointRequest;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.EndpointServiceGrpcClient;
import io.eventsync.v1.EndpointStatus;
import io.eventsync.v1.Event;
import io.eventsync.v1.ExponentialBackoff;
import io.eventsync.v1.Filter;
import io.eventsync.v1.Ordering;
import io.eventsync.v1.RetryPolicy;
import io.eventsync.v1.SyncResponse;
import io.eventsync.v1.Webhook;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Feeds events, delivers them to a receiver that fails, kills servers meanwhile, and collects what there is to know in the end. */
final class WebhookRun {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookRun.class);
    private static final Duration STEP = Duration.ofMillis(2);
    private static final Duration LEVEL_STEP = Duration.ofMillis(250);
    private static final Duration START_MAX = Duration.ofSeconds(10);
    private static final Duration PROGRESS_MAX = Duration.ofSeconds(30);
    private static final int SECRET_BYTES = 32;

    private final Vertx vertx;
    private final Cluster cluster;
    private final Settings settings;
    private final Findings findings = new Findings();
    private final Evidence evidence;
    private final SplittableRandom random;
    private final Clock clock = Clock.systemUTC();
    private final List<Kill> kills = new ArrayList<>();
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
            Path log) {}

    WebhookRun(Vertx vertx, Cluster cluster, Settings settings) {
        this.vertx = vertx;
        this.cluster = cluster;
        this.settings = settings;
        this.evidence = new Evidence(cluster);
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
        List<CheckedEndpoint> endpoints = endpoints();
        Map<String, String> secrets = secrets(endpoints);
        FlakyReceiver receiver = Edge.await(FlakyReceiver.start(vertx, receiver(endpoints, secrets)), START_MAX);
        String start = evidence.head().getCursor();
        endpoints.forEach(endpoint -> create(endpoint, receiver, String.valueOf(secrets.get(endpoint.name()))));

        Feed feed = new Feed(cluster, settings.events());
        Edge.awaitDone(vertx.deployVerticle(feed), START_MAX);
        int[] due = dueDeliveries(endpoints);
        for (int kill = 0; kill < settings.kills() && !isStopped; kill++) {
            killOnce(kill, feed, receiver, due);
        }
        feed.allow(settings.events().size());
        awaitFeed(feed);
        awaitLevel(endpoints);

        WebhookHistory history = history(start, endpoints);
        checkJournal(receiver);
        Edge.awaitDone(receiver.close(), START_MAX);
        endpoints.forEach(this::delete);
        return history;
    }

    private List<CheckedEndpoint> endpoints() {
        List<CheckedEndpoint> endpoints = new ArrayList<>();
        for (String prefix : CheckedEvents.prefixes(settings.events(), settings.endpoints())) {
            String name = "check-" + settings.run() + "-" + endpoints.size();
            endpoints.add(new CheckedEndpoint(name, prefix, settings.ordering()));
        }
        return endpoints;
    }

    private Map<String, String> secrets(List<CheckedEndpoint> endpoints) {
        Map<String, String> secrets = new HashMap<>();
        for (CheckedEndpoint endpoint : endpoints) {
            byte[] secret = new byte[SECRET_BYTES];
            random.nextBytes(secret);
            secrets.put(endpoint.name(), "whsec_" + Base64.getEncoder().encodeToString(secret));
        }
        return secrets;
    }

    private ReceiverConfig receiver(List<CheckedEndpoint> endpoints, Map<String, String> secrets) {
        ReceiverConfig config = ReceiverConfig.defaults()
                .withSeed(settings.seed())
                .withSecrets(secrets)
                .withLog(settings.log());
        for (CheckedEndpoint endpoint : endpoints) {
            config = config.withMode(endpoint.name(), settings.mode());
        }
        return config;
    }

    private void create(CheckedEndpoint endpoint, FlakyReceiver receiver, String secret) {
        Object ignored = cluster.await(
                EndpointServiceGrpcClient.CreateEndpoint,
                CreateEndpointRequest.newBuilder()
                        .setSigningSecret(secret)
                        .setEndpoint(Endpoint.newBuilder()
                                .setName(endpoint.name())
                                .setWebhook(Webhook.newBuilder().setUrl(receiver.url(endpoint.name())))
                                .setFilter(Filter.newBuilder().addTagPrefixes(endpoint.prefix()))
                                .setOrdering(endpoint.ordering())
                                .setMaxInFlight(settings.inFlightMax())
                                .setRetryPolicy(RetryPolicy.newBuilder()
                                        .setExponential(ExponentialBackoff.newBuilder()
                                                .setInitialDelay(millis(50))
                                                .setMaxDelay(millis(1_000))
                                                .setMaxAttempts(settings.attempts()))))
                        .build());
    }

    private static com.google.protobuf.Duration millis(int millis) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(millis / 1_000)
                .setNanos(millis % 1_000 * 1_000_000)
                .build();
    }

    private void delete(CheckedEndpoint endpoint) {
        Object ignored = cluster.await(
                EndpointServiceGrpcClient.DeleteEndpoint,
                DeleteEndpointRequest.newBuilder().setName(endpoint.name()).build());
    }

    /** How many deliveries the first n events come to. */
    private int[] dueDeliveries(List<CheckedEndpoint> endpoints) {
        int[] due = new int[settings.events().size() + 1];
        for (int i = 0; i < settings.events().size(); i++) {
            String tag = settings.events().get(i).getTag();
            due[i + 1] = due[i]
                    + (int) endpoints.stream().filter(e -> e.matches(tag)).count();
        }
        return due;
    }

    /**
     * Lets a share of the events go, and kills one server when a part of their deliveries, by chance, has arrived. Half of the share
     * is held back until deliveries are under way, so that the kill meets appends too.
     */
    private void killOnce(int number, Feed feed, FlakyReceiver receiver, int[] due) {
        int from = (int) ((long) settings.events().size() * number / (settings.kills() + 1));
        int until = (int) ((long) settings.events().size() * (number + 1) / (settings.kills() + 1));
        double part = random.nextDouble();
        long before = accepted(receiver);
        feed.allow((from + until) / 2);
        waitUntil(() -> accepted(receiver) > before, PROGRESS_MAX);
        feed.allow(until);
        long wanted = Math.max(before, due[from]) + Math.round(part * (due[until] - Math.max(before, due[from])));
        waitUntil(() -> accepted(receiver) >= wanted, PROGRESS_MAX);

        ServerNode victim = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
        Set<String> owned = cluster.nodes().size() > 1 ? owned(victim.nodeId()) : Set.of();
        victim.kill();
        long killedAt = nowMicros();
        kills.add(new Kill(killedAt, victim.nodeId(), owned));
        LOG.info(
                "killed={} node={} acknowledged={} accepted={} of={}",
                number + 1,
                victim.target(),
                feed.acknowledged(),
                accepted(receiver),
                due[until]);
        victim.start();
        cluster.awaitReady(victim);
        returns.add((nowMicros() - killedAt) / 1_000);
    }

    private Set<String> owned(String nodeId) {
        Set<String> owned = new HashSet<>();
        for (Endpoint endpoint : evidence.endpoints()) {
            if (endpoint.getStatus().getOwnerNodeId().equals(nodeId)) {
                owned.add(endpoint.getName());
            }
        }
        return owned;
    }

    private static long accepted(FlakyReceiver receiver) {
        return Edge.await(receiver.journal(), START_MAX).stream()
                .mapToLong(EndpointCounts::accepted)
                .sum();
    }

    private void awaitFeed(Feed feed) {
        try {
            waitUntil(() -> feed.done().isComplete(), settings.giveUpAfter().multipliedBy(2));
            Edge.awaitDone(feed.done(), STEP);
        } catch (RuntimeException e) {
            findings.add(Kind.SERVER, "ingest ended early: " + Edge.describe(e));
        }
    }

    /** Until each endpoint has come to the end of the log and nothing waits or is under way. */
    private void awaitLevel(List<CheckedEndpoint> endpoints) {
        SyncResponse head = evidence.head();
        Set<String> names = new HashSet<>();
        endpoints.forEach(endpoint -> names.add(endpoint.name()));
        List<Endpoint> behind = List.of();
        long progressNanos = System.nanoTime();
        String last = "";
        while (System.nanoTime() - progressNanos < settings.giveUpAfter().toNanos() && !isStopped) {
            behind = evidence.endpoints().stream()
                    .filter(e -> names.contains(e.getName()) && !isLevel(e.getStatus(), head.getHeadPosition()))
                    .toList();
            if (behind.isEmpty()) {
                return;
            }
            String now = behind.stream().map(WebhookRun::place).toList().toString();
            if (!now.equals(last)) {
                last = now;
                progressNanos = System.nanoTime();
            }
            rest(LEVEL_STEP);
        }
        behind.forEach(endpoint -> findings.add(Kind.NOT_LEVEL, place(endpoint)));
    }

    private static boolean isLevel(EndpointStatus status, long head) {
        return status.getPosition() >= head && status.getInFlight() == 0 && status.getRetrying() == 0;
    }

    private static String place(Endpoint endpoint) {
        EndpointStatus status = endpoint.getStatus();
        return endpoint.getName() + " at " + status.getPosition() + " with " + status.getInFlight() + " in flight, "
                + status.getRetrying() + " waiting, " + status.getState() + ", breaker "
                + status.getBreaker().getState() + ", owner " + status.getOwnerNodeId();
    }

    private WebhookHistory history(String start, List<CheckedEndpoint> endpoints) {
        List<AuditedAttempt> attempts = new ArrayList<>();
        Map<String, Set<String>> deadLetters = new LinkedHashMap<>();
        for (CheckedEndpoint endpoint : endpoints) {
            attempts.addAll(evidence.attempts(endpoint.name()));
            deadLetters.put(endpoint.name(), evidence.deadLetters(endpoint.name()));
        }
        int inFlight = settings.ordering() == Ordering.ORDERING_ORDERED ? 1 : settings.inFlightMax();
        return new WebhookHistory(
                endpoints,
                evidence.events(start),
                RequestFile.hooks(settings.log()),
                attempts,
                deadLetters,
                kills,
                inFlight);
    }

    /** What the receiver alone can tell. */
    private void checkJournal(FlakyReceiver receiver) {
        for (EndpointCounts counts : Edge.await(receiver.journal(), START_MAX)) {
            if (counts.chainGaps() > 0) {
                findings.add(Kind.CHAIN_GAP, counts.endpoint() + " has " + counts.chainGaps());
            }
            if (counts.badSignatures() > 0) {
                findings.add(Kind.BAD_SIGNATURE, counts.endpoint() + " has " + counts.badSignatures());
            }
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

    private long nowMicros() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }
}
