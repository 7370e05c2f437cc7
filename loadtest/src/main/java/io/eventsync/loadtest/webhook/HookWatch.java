package io.eventsync.loadtest.webhook;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.cluster.Cluster;
import io.eventsync.loadtest.receiver.EndpointCounts;
import io.eventsync.loadtest.receiver.FlakyReceiver;
import io.eventsync.loadtest.receiver.ReceiverConfig;
import io.eventsync.loadtest.webhook.Findings.Kind;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.DeleteEndpointRequest;
import io.eventsync.v1.DisableReason;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.EndpointServiceGrpcClient;
import io.eventsync.v1.EndpointStatus;
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

/** Endpoints on a receiver that fails, watched while servers die, and the evidence in the end. Its methods block. */
public final class HookWatch {

    private static final Duration LEVEL_STEP = Duration.ofMillis(250);
    private static final Duration START_MAX = Duration.ofSeconds(10);
    private static final int SECRET_BYTES = 32;

    private final Cluster cluster;
    private final Settings settings;
    private final List<CheckedEndpoint> endpoints;
    private final FlakyReceiver receiver;
    private final Evidence evidence;
    private final String start;
    private final Findings findings = new Findings();
    private final Clock clock = Clock.systemUTC();
    private final List<Kill> kills = new ArrayList<>();

    /**
     * @param prefixes the tags of each endpoint
     * @param mode of the receiver, for every endpoint
     * @param attempts before an event is given up
     * @param isChecked whether signatures are; they are good for five minutes by the receiver's clock
     * @param log where the receiver writes its requests down
     */
    public record Settings(
            List<String> prefixes,
            Ordering ordering,
            String mode,
            int attempts,
            int inFlightMax,
            boolean isChecked,
            long seed,
            Duration giveUpAfter,
            String run,
            Path log) {}

    private HookWatch(
            Cluster cluster,
            Settings settings,
            List<CheckedEndpoint> endpoints,
            FlakyReceiver receiver,
            Evidence evidence,
            String start) {
        this.cluster = cluster;
        this.settings = settings;
        this.endpoints = endpoints;
        this.receiver = receiver;
        this.evidence = evidence;
        this.start = start;
    }

    /** Makes the receiver and its endpoints; events from now on are theirs. */
    public static HookWatch start(Vertx vertx, Cluster cluster, Settings settings) {
        List<CheckedEndpoint> endpoints = new ArrayList<>();
        for (String prefix : settings.prefixes()) {
            String name = "check-" + settings.run() + "-" + endpoints.size();
            endpoints.add(new CheckedEndpoint(name, prefix, settings.ordering()));
        }
        Map<String, String> secrets = secrets(endpoints, settings.seed());
        FlakyReceiver receiver =
                Edge.await(FlakyReceiver.start(vertx, receiver(endpoints, secrets, settings)), START_MAX);
        Evidence evidence = new Evidence(cluster);
        HookWatch watch = new HookWatch(
                cluster,
                settings,
                endpoints,
                receiver,
                evidence,
                evidence.head().getCursor());
        endpoints.forEach(endpoint -> watch.create(endpoint, String.valueOf(secrets.get(endpoint.name()))));
        return watch;
    }

    private static Map<String, String> secrets(List<CheckedEndpoint> endpoints, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, String> secrets = new HashMap<>();
        for (CheckedEndpoint endpoint : endpoints) {
            byte[] secret = new byte[SECRET_BYTES];
            random.nextBytes(secret);
            secrets.put(endpoint.name(), "whsec_" + Base64.getEncoder().encodeToString(secret));
        }
        return secrets;
    }

    private static ReceiverConfig receiver(
            List<CheckedEndpoint> endpoints, Map<String, String> secrets, Settings settings) {
        ReceiverConfig config = ReceiverConfig.defaults()
                .withSeed(settings.seed())
                .withSecrets(settings.isChecked() ? secrets : Map.of())
                .withLog(settings.log());
        for (CheckedEndpoint endpoint : endpoints) {
            config = config.withMode(endpoint.name(), settings.mode());
        }
        return config;
    }

    private void create(CheckedEndpoint endpoint, String secret) {
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

    /** How many of its endpoints want events of this tag. */
    int due(String tag) {
        return (int)
                endpoints.stream().filter(endpoint -> endpoint.matches(tag)).count();
    }

    /** Deliveries that the receiver took so far. */
    public long accepted() {
        return Edge.await(receiver.journal(), START_MAX).stream()
                .mapToLong(EndpointCounts::accepted)
                .sum();
    }

    /** The endpoints that this node works. */
    public Set<String> owned(String nodeId) {
        Set<String> owned = new HashSet<>();
        for (Endpoint endpoint : evidence.endpoints()) {
            if (endpoint.getStatus().getOwnerNodeId().equals(nodeId)) {
                owned.add(endpoint.getName());
            }
        }
        return owned;
    }

    /** Whatever was in flight now may be sent again. What the node owned is to be taken over by another one. */
    public void disturbed(String nodeId, Set<String> owned) {
        kills.add(new Kill(nowMicros(), nodeId, owned));
    }

    /** What is broken, so far. */
    Findings findings() {
        return findings;
    }

    /** Waits until nothing is under way, and collects what there is to know. */
    WebhookHistory finish(BooleanSupplier isStopped) {
        awaitLevel(isStopped);
        WebhookHistory history = history();
        checkJournal();
        return history;
    }

    /** The same, and the judgement. */
    public HookVerdict judge(BooleanSupplier isStopped) {
        WebhookHistory history = finish(isStopped);
        List<EndpointReport> reports = WebhookChecker.check(history, findings);
        return HookVerdict.of(
                history, reports, WebhookChecker.longestTakeoverMicros(history, findings), told(), findings);
    }

    private List<String> told() {
        return evidence.endpoints().stream()
                .filter(HookWatch::isTold)
                .map(Endpoint::getName)
                .toList();
    }

    private static boolean isTold(Endpoint endpoint) {
        return endpoint.getStatus().getDisableReason() == DisableReason.DISABLE_REASON_CURSOR_EXPIRED;
    }

    /** Deletes the endpoints and ends the receiver. */
    public void close() {
        Edge.awaitDone(receiver.close(), START_MAX);
        for (CheckedEndpoint endpoint : endpoints) {
            Object ignored = cluster.await(
                    EndpointServiceGrpcClient.DeleteEndpoint,
                    DeleteEndpointRequest.newBuilder().setName(endpoint.name()).build());
        }
    }

    /** Until each endpoint has come to the end of the log and nothing waits or is under way, or it never will. */
    private void awaitLevel(BooleanSupplier isStopped) {
        SyncResponse head = evidence.head();
        Set<String> names = new HashSet<>();
        endpoints.forEach(endpoint -> names.add(endpoint.name()));
        List<Endpoint> behind = List.of();
        long progressNanos = System.nanoTime();
        String last = "";
        while (System.nanoTime() - progressNanos < settings.giveUpAfter().toNanos() && !isStopped.getAsBoolean()) {
            behind = evidence.endpoints().stream()
                    .filter(e -> names.contains(e.getName()) && !isLevel(e.getStatus(), head.getHeadPosition()))
                    .toList();
            if (behind.stream().allMatch(HookWatch::isTold)) {
                break;
            }
            String now = behind.stream().map(HookWatch::place).toList().toString();
            if (!now.equals(last)) {
                last = now;
                progressNanos = System.nanoTime();
            }
            Future<Void> never = Promise.<Void>promise().future();
            Edge.awaitOrElapse(never, LEVEL_STEP);
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

    private WebhookHistory history() {
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
    private void checkJournal() {
        for (EndpointCounts counts : Edge.await(receiver.journal(), START_MAX)) {
            if (counts.chainGaps() > 0) {
                findings.add(Kind.CHAIN_GAP, counts.endpoint() + " has " + counts.chainGaps());
            }
            if (counts.badSignatures() > 0) {
                findings.add(Kind.BAD_SIGNATURE, counts.endpoint() + " has " + counts.badSignatures());
            }
        }
    }

    private long nowMicros() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }
}
