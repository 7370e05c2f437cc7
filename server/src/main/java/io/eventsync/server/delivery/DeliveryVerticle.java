package io.eventsync.server.delivery;

import io.eventsync.server.egress.AddressRules;
import io.eventsync.server.egress.EgressClient;
import io.eventsync.server.egress.EgressConfig;
import io.eventsync.server.egress.EgressUrl;
import io.eventsync.server.egress.HostResolver;
import io.eventsync.server.endpoint.Destination;
import io.eventsync.server.endpoint.EmailDestination;
import io.eventsync.server.endpoint.EndpointSecrets;
import io.eventsync.server.endpoint.Endpoints;
import io.eventsync.server.endpoint.WebhookDestination;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.mail.MailAddresses;
import io.eventsync.server.mail.MailConfig;
import io.eventsync.server.mail.MailSender;
import io.eventsync.server.metrics.EventLoopDelay;
import io.eventsync.server.sync.Cursors;
import io.eventsync.server.tracing.Tracing;
import io.eventsync.server.upkeep.Upkeep;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Delivers events to endpoints, on an event loop of its own; and does for the edges what has to happen there. */
public final class DeliveryVerticle extends VerticleBase implements Endpoints.DestinationCheck {
    /** How long requests under way may take when the node stops; what then is open is tried again by another. */
    private static final long STOP_MILLIS_MAX = Duration.ofSeconds(5).toMillis();

    private static final long UPKEEP_MILLIS = 60_000;
    private static final long REPLAY_MILLIS = 250;
    private static final long REPLAY_IDLE_MILLIS = 1_000;

    private final Parts parts;
    private final UUID nodeId;
    private final AuditStore audit;
    private final DeadLetterStore letters;
    private final ReplayStore replays;
    private final AddressRules rules;
    private final SteadyClock steady = new SteadyClock(System::nanoTime);
    private boolean isReplaying;
    private @Nullable Context own;
    private @Nullable EgressClient egress;
    private @Nullable DeliveryNode node;
    private @Nullable TestDeliveries tests;
    private @Nullable SystemEvents systemEvents;
    private Optional<MailSender> mails = Optional.empty();
    private List<Upkeep> rounds = List.of();

    /**
     * What it stands on.
     *
     * @param promptPool for what webhooks wait for: leases, endpoints, the record of attempts
     */
    public record Parts(
            Pool pool,
            Pool promptPool,
            EventLog log,
            Cursors cursors,
            EndpointSecrets secrets,
            DeliveryConfig config,
            EgressConfig egress,
            MailConfig mail,
            InstantSource clock,
            String version,
            MeterRegistry meters,
            Tracing tracing) {}

    public DeliveryVerticle(Parts parts, UUID nodeId) {
        this.parts = parts;
        this.nodeId = nodeId;
        this.audit = new AuditStore(parts.pool());
        this.letters = new DeadLetterStore(parts.pool());
        this.replays = new ReplayStore(parts.pool());
        this.rules = AddressRules.of(parts.egress());
    }

    @Override
    public Future<?> start() {
        own = vertx.getOrCreateContext();
        EventLoopDelay.measure(vertx, "delivery", parts.meters());
        HostResolver resolver = HostResolver.system(vertx, parts.egress().dnsTimeout());
        int callsMax = parts.config().inFlightMax() + TestDeliveries.AT_ONCE_MAX;
        egress = new EgressClient(vertx, parts.egress(), rules, resolver, callsMax);
        mails = parts.mail().isOn() ? Optional.of(MailSender.create(vertx, parts.mail())) : Optional.empty();
        DestinationSenders senders = new DestinationSenders(
                parts.secrets(),
                egress,
                rules,
                mails,
                parts.cursors(),
                parts.clock(),
                new WebhookSender.Identity("urn:eventsync:" + parts.log().id(), parts.version()),
                parts.tracing());
        RunStore runs = new RunStore(parts.promptPool());
        tests = new TestDeliveries(audit, runs, senders, parts.log(), nodeId, steady);
        SystemEvents events = new SystemEvents(vertx, parts.promptPool(), parts.log());
        systemEvents = events;
        List<Upkeep> all = new ArrayList<>();
        all.add(new Upkeep(vertx, "audit", UPKEEP_MILLIS, () -> keepDays().map(v -> false)));
        all.add(new Upkeep(
                vertx, "dead letters", UPKEEP_MILLIS, () -> keepLetters().map(v -> false)));
        // No more than it needs: what is old may be in use, and waits for another time.
        Future<Void> ready = ensureDays();
        if (parts.config().isEnabled()) {
            all.add(new Upkeep(
                    vertx, "replays", () -> isReplaying ? REPLAY_MILLIS : REPLAY_IDLE_MILLIS, this::advanceReplays));
            DeliveryNode started = new DeliveryNode(
                    vertx,
                    parts.log(),
                    parts.config(),
                    nodeId,
                    new LeaseStore(parts.promptPool()),
                    runs,
                    senders,
                    steady,
                    events::wake,
                    parts.meters());
            node = started;
            ready = ready.compose(v -> started.start());
        }
        rounds = List.copyOf(all);
        return ready.map(v -> {
            rounds.forEach(Upkeep::startNow);
            events.start();
            return null;
        });
    }

    private Future<Void> ensureDays() {
        return audit.ensureDays().onSuccess(steady::set).mapEmpty();
    }

    private Future<Void> keepDays() {
        return ensureDays()
                .compose(v -> audit.dropDays(parts.config().attemptRetention().toDays()));
    }

    private Future<Void> keepLetters() {
        long millis = parts.config().deadLetterRetention().toMillis();
        return letters.drop(millis).compose(v -> replays.tidy()).compose(v -> replays.dropOld(millis));
    }

    private Future<Boolean> advanceReplays() {
        return replays.advance(parts.config().waitingMax()).map(moved -> {
            isReplaying = moved > 0;
            if (moved > 0 && node != null) {
                node.hint();
            }
            return false;
        });
    }

    /** Names this node in leases and attempts. */
    public UUID nodeId() {
        return nodeId;
    }

    /** Something about endpoints was changed on this node; from any context. */
    public void hint() {
        Context context = own;
        if (context != null) {
            context.runOnContext(v -> {
                if (node != null) {
                    node.hint();
                }
                if (systemEvents != null) {
                    systemEvents.wake();
                }
            });
        }
    }

    /** From any context; answers on the calling one. */
    @Override
    public Future<Void> check(Destination destination) {
        if (destination instanceof WebhookDestination webhook) {
            EgressUrl url = EgressUrl.parse("endpoint.webhook.url", webhook.url(), rules);
            return here(() -> client().check("endpoint.webhook.url", url));
        }
        if (mails.isEmpty()) {
            return Future.failedFuture(
                    Failure.of(Reason.FEATURE_OFF, "this server sends no mail; it has no relay (mail.host)"));
        }
        MailAddresses.of(parts.mail()).requireValid("endpoint.email.to", ((EmailDestination) destination).to());
        return Future.succeededFuture();
    }

    private EgressClient client() {
        EgressClient opened = egress;
        if (opened == null) {
            throw new IllegalStateException("not deployed");
        }
        return opened;
    }

    /** Sends one event to an endpoint now, on record but beside all that the endpoint does. */
    Future<AttemptRow> test(long endpoint, Optional<String> eventId) {
        return here(() -> java.util.Objects.requireNonNull(tests).send(endpoint, eventId));
    }

    /** Does something on this verticle's context, and answers on the caller's. */
    private <T> Future<T> here(Supplier<Future<T>> work) {
        Context context = own;
        if (context == null) {
            return Future.failedFuture(Failure.storeUnavailable(null));
        }
        Promise<T> promise = Promise.promise();
        Context caller = Vertx.currentContext() == null ? context : Vertx.currentContext();
        context.runOnContext(v -> {
            Future<T> answer;
            try {
                answer = work.get();
            } catch (RuntimeException e) {
                answer = Future.failedFuture(e);
            }
            answer.onComplete(done -> caller.runOnContext(w -> promise.handle(done)));
        });
        return promise.future();
    }

    @Override
    public Future<?> stop() {
        rounds.forEach(Upkeep::close);
        if (systemEvents != null) {
            systemEvents.close();
        }
        Future<Void> stopped = node == null ? Future.succeededFuture() : node.stop(STOP_MILLIS_MAX);
        return stopped.transform(v -> egress == null ? Future.succeededFuture() : egress.close())
                .transform(v -> mails.map(MailSender::close).orElseGet(Future::succeededFuture));
    }
}
