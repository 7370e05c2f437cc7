package io.eventsync.server.delivery;

import com.github.f4b6a3.uuid.UuidCreator;
import io.eventsync.server.endpoint.DisableReason;
import io.eventsync.server.endpoint.EndpointState;
import io.eventsync.server.event.EventLog;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.event.TailListener;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.sync.ExpiredPolicy;
import io.eventsync.server.upkeep.Upkeep;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works this node's {@link Share} of the endpoints: takes them up and hands them over, feeds them and sends. All on the context of its
 * verticle.
 */
final class DeliveryNode implements Share.Holder, Recorder.Listener, Feeder.Listener, TailListener {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryNode.class);
    private static final long VERIFY_MILLIS = 250;
    private static final int IDLE_PER_ROUND = 500;
    private static final long IDLE_MILLIS = 2_000;

    private final Vertx vertx;
    private final EventLog log;
    private final DeliveryConfig config;
    private final RunStore runs;
    private final Senders senders;
    private final SteadyClock clock;
    private final Runnable onSystemEvents;
    private final DeliveryMeters meters;
    private final Recorder recorder;
    private final Feeder feeder;
    private final Pump pump;
    private final Share share;
    private final Upkeep idle;
    private final SplittableRandom random = new SplittableRandom();
    private final Map<Long, Assignment> assignments = new LinkedHashMap<>();
    /** Being read, or given up: for a moment they are this node's without being worked. */
    private final Set<Long> changing = new HashSet<>();

    /** As many as there were assignments lately; for other threads. */
    private volatile int assignedLately;

    private boolean isStopping;

    DeliveryNode(
            Vertx vertx,
            EventLog log,
            DeliveryConfig config,
            UUID node,
            LeaseStore leases,
            RunStore runs,
            Senders senders,
            SteadyClock clock,
            Runnable onSystemEvents,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.log = log;
        this.config = config;
        this.runs = runs;
        this.senders = senders;
        this.clock = clock;
        this.onSystemEvents = onSystemEvents;
        this.meters = new DeliveryMeters(registry, () -> assignedLately);
        this.recorder = new Recorder(vertx, runs::record, node, clock, meters, this);
        this.feeder = new Feeder(vertx, log, clock, this);
        this.pump = new Pump(vertx, runs, feeder, clock, config.inFlightMax(), config.inFlightBytesMax());
        this.share = new Share(vertx, leases, node, config.lease(), clock, this);
        this.idle = new Upkeep(vertx, "idle", IDLE_MILLIS, this::recordIdle);
    }

    Future<Void> start() {
        log.subscribe(vertx.getOrCreateContext(), this);
        return share.start().onSuccess(v -> idle.start());
    }

    // ---- leases ----

    /** Something about endpoints was changed on this node. */
    void hint() {
        share.hint();
    }

    @Override
    public int assigned() {
        return assignments.size();
    }

    @Override
    public Future<Void> follow(List<LeaseStore.Revision> revisions) {
        assignedLately = assignments.size();
        Map<Long, LeaseStore.Revision> owned = new LinkedHashMap<>();
        revisions.forEach(r -> owned.put(r.endpoint(), r));
        for (Assignment assignment : List.copyOf(assignments.values())) {
            LeaseStore.Revision now = owned.remove(assignment.id());
            EndpointHandle handle = assignment.run().handle();
            if (now == null || now.epoch() != handle.epoch()) {
                lose(assignment);
            } else if (now.revision() != handle.revision()) {
                end(assignment, true);
            } else if (now.asked() != assignment.asked()) {
                sync(assignment, now.asked());
            }
        }
        List<Assignment> kept =
                assignments.values().stream().filter(a -> !a.isEnding).toList();
        if (!isStopping && kept.size() > share.target()) {
            kept.subList(share.target(), kept.size()).forEach(assignment -> end(assignment, false));
        }
        // Owned, but not worked: to be taken anew, which closes what may be open.
        List<EndpointHandle> left = owned.values().stream()
                .filter(r -> !changing.contains(r.endpoint()))
                .map(r -> new EndpointHandle(r.endpoint(), "", r.epoch(), 0, r.revision()))
                .toList();
        return share.release(left).compose(v -> sayFollowed(revisions));
    }

    /** What was changed is read anew, or has been: from here on no event meets the settings of before. */
    private Future<Void> sayFollowed(List<LeaseStore.Revision> revisions) {
        return share.followed(revisions.stream()
                .filter(r -> r.isNew() && assignments.containsKey(r.endpoint()))
                .toList());
    }

    @Override
    public Future<Void> load(Long[] endpoints) {
        List<Long> ids = List.of(endpoints);
        changing.addAll(ids);
        return runs.load(endpoints, clock)
                .compose(loaded -> senders.open(loaded).<Void>map(opened -> {
                    for (RunStore.Loaded one : loaded) {
                        assign(one, opened.get(one.start().handle().id()), clock.millis());
                    }
                    return null;
                }))
                .onComplete(v -> ids.forEach(changing::remove));
    }

    private void assign(RunStore.Loaded loaded, @Nullable Sender sender, long now) {
        EndpointHandle handle = loaded.start().handle();
        if (assignments.containsKey(handle.id())) {
            return;
        }
        EndpointRun run = new EndpointRun(
                loaded.start(),
                recorder,
                UuidCreator::getTimeOrderedEpoch,
                random,
                config.endpointInFlightMax(),
                config.waitingMax(),
                now);
        Assignment assignment = new Assignment(
                run, sender == null ? attempt -> Future.succeededFuture(noSender()) : sender, loaded.asked());
        assignments.put(handle.id(), assignment);
        if (loaded.state() != EndpointState.ACTIVE || isStopping) {
            recorder.touched(run);
            end(assignment, false);
        } else if (sender == null) {
            run.disable(DisableReason.SECRET_UNREADABLE, "its secrets do not open with the keys of this server");
            end(assignment, false);
        } else {
            feed(assignment);
            pump.ready(assignment);
        }
    }

    /** Once it is known that its place is one of this log's history. */
    private void feed(Assignment assignment) {
        log.verify(assignment.run().read()).onComplete(known -> feeder.want(assignment), e -> {
            Reason reason = e instanceof Failure failure ? failure.reason() : Reason.INTERNAL;
            if (assignment.isEnding) {
                return;
            }
            if (reason == Reason.CURSOR_FOREIGN || reason == Reason.CURSOR_AHEAD) {
                foreign(assignment);
            } else if (reason == Reason.CURSOR_EXPIRED) {
                feeder.want(assignment);
            } else {
                vertx.setTimer(VERIFY_MILLIS, t -> feed(assignment));
            }
        });
    }

    private static AttemptResult noSender() {
        return AttemptResult.failure(AttemptError.INTERNAL, "the endpoint's secrets do not open", 0, 0);
    }

    /** Stops an endpoint in order: what is in flight ends and is recorded, then it is read anew or given up. */
    private void end(Assignment assignment, boolean readsAnew) {
        if (assignment.isEnding) {
            return;
        }
        assignment.isEnding = true;
        if (assignment.isLive) {
            assignment.run().readThrough(feeder.point());
        }
        feeder.remove(assignment);
        assignment.run().stop();
        recorder.touched(assignment.run());
        endIfIdle(assignment, readsAnew);
    }

    private void endIfIdle(Assignment assignment, boolean readsAnew) {
        if (assignments.get(assignment.id()) != assignment) {
            return;
        }
        if (assignment.run().inFlight() > 0) {
            assignment.whenIdle = () -> endIfIdle(assignment, readsAnew);
            return;
        }
        Object unused = recorder.recorded().onComplete(v -> {
            if (assignments.remove(assignment.id(), assignment)) {
                pump.forget(assignment);
                changing.add(assignment.id());
                Future<Void> next = readsAnew && !isStopping
                        ? load(new Long[] {assignment.id()})
                        : share.release(List.of(assignment.run().handle()));
                next.onComplete(w -> changing.remove(assignment.id()))
                        .onFailure(e -> LOG.warn(
                                "handing an endpoint over failed endpoint={} cause={} next=look again",
                                assignment.id(),
                                e.getMessage()));
            }
        });
    }

    /** Another node has it now, or it was deleted. What is in flight ends unrecorded. */
    private void lose(Assignment assignment) {
        if (assignments.remove(assignment.id(), assignment)) {
            LOG.info(
                    "endpoint is not this node's any more, taken over or deleted endpoint={}",
                    assignment.run().handle().name());
            assignment.isEnding = true;
            feeder.remove(assignment);
            pump.forget(assignment);
            assignment.run().lose();
        }
    }

    private void sync(Assignment assignment, long asked) {
        if (assignment.isSyncing || assignment.isEnding) {
            return;
        }
        assignment.isSyncing = true;
        assignment.run().beginSync();
        Object unused = recorder.recorded()
                .compose(v -> {
                    long turn = recorder.recordedTurn();
                    return runs.waiting(new Long[] {assignment.id()}, clock).onSuccess(rows -> {
                        assignment.asked(asked);
                        assignment.run().sync(rows.getOrDefault(assignment.id(), List.of()), turn, clock.millis());
                        pump.ready(assignment);
                    });
                })
                .onComplete(v -> assignment.isSyncing = false);
    }

    // ---- feeding ----

    @Override
    public void advanced() {
        feeder.advance();
    }

    @Override
    public boolean sleeps() {
        return feeder.sleeps();
    }

    @Override
    public void regressed() {
        // What is known of the endpoints may be of a future that the database has lost.
        LOG.warn("the log started over, next=take all endpoints anew");
        List.copyOf(assignments.values()).forEach(this::lose);
        feeder.restart();
    }

    @Override
    public void fed(Assignment assignment) {
        pump.ready(assignment);
    }

    @Override
    public void expired(Assignment assignment, Failure cause) {
        EndpointRun run = assignment.run();
        String missed = cause.metadata().getOrDefault("missed_events", "0");
        if (run.settings().onExpired() == ExpiredPolicy.ERROR) {
            run.disable(
                    DisableReason.CURSOR_EXPIRED, "retention removed " + missed + " events that it had not come to");
            end(assignment, false);
            return;
        }
        LogPoint earliest = log.beginningAfter(cause);
        run.readThrough(earliest);
        run.announce(
                "EVENTS_MISSED",
                "retention removed " + missed + " events that it had not come to",
                ",\"missed_events\":" + missed);
        feeder.want(assignment);
    }

    @Override
    public void foreign(Assignment assignment) {
        LOG.warn(
                "an endpoint's place is in a history that the database has lost endpoint={} next=disable it",
                assignment.run().handle().name());
        assignment
                .run()
                .disable(
                        DisableReason.CURSOR_EXPIRED,
                        "the database was restored or lost its tail, and the endpoint's place with it; seek to where it shall go on");
        end(assignment, false);
    }

    /** Endpoints that match little move on too, only nobody is in a hurry to know. */
    private Future<Boolean> recordIdle() {
        int left = IDLE_PER_ROUND;
        for (Assignment assignment : assignments.values()) {
            if (left == 0) {
                break;
            }
            if (assignment.isLive
                    && assignment.recordedLow.position() < feeder.point().position()) {
                left--;
                recorder.touched(assignment.run());
            }
        }
        return Future.succeededFuture(false);
    }

    // ---- recording and sending ----

    @Override
    public void beforeRecord(Set<EndpointRun> touched) {
        for (EndpointRun run : touched) {
            Assignment assignment = assignments.get(run.handle().id());
            if (assignment != null && assignment.run() == run) {
                if (assignment.isLive) {
                    run.readThrough(feeder.point());
                }
                assignment.recordedLow = feeder.point();
            }
        }
    }

    @Override
    public void notStarted(List<Attempt> attempts) {
        attempts.forEach(pump::freed);
    }

    @Override
    public void recorded(Turn turn, Set<Long> lost) {
        boolean isAlive = share.isAlive();
        for (Turn.Start start : turn.starts()) {
            Assignment assignment = assignments.get(start.run().handle().id());
            boolean isLost = lost.contains(start.run().handle().id());
            if (assignment != null && assignment.run() == start.run() && isAlive && !isLost) {
                send(assignment, start.attempt());
            } else {
                pump.freed(start.attempt());
            }
        }
        for (long endpoint : lost) {
            Assignment assignment = assignments.get(endpoint);
            if (assignment != null && turn.runs().contains(assignment.run())) {
                lose(assignment);
            }
        }
        if (!isAlive && turn.hasStarts()) {
            LOG.warn("the lease ran out before attempts could start, next=others take the endpoints");
            List.copyOf(assignments.values()).forEach(this::lose);
        }
        for (EndpointRun run : turn.runs()) {
            Assignment assignment = assignments.get(run.handle().id());
            if (assignment != null && run.state() != EndpointState.ACTIVE) {
                end(assignment, false);
            }
        }
        if (turn.hasEvents()) {
            onSystemEvents.run();
        }
    }

    private void send(Assignment assignment, Attempt attempt) {
        assignment
                .sender()
                .send(attempt)
                .otherwise(e -> {
                    LOG.error(
                            "an attempt failed unexpectedly endpoint={}",
                            assignment.run().handle().name(),
                            e);
                    return AttemptResult.failure(AttemptError.INTERNAL, "the request could not be made", 0, 0);
                })
                .onComplete(result -> {
                    meters.ended(attempt, result.result(), clock.databaseMicros());
                    assignment.run().ended(attempt, result.result(), clock.millis());
                    pump.freed(attempt);
                    pump.ready(assignment);
                    assignment.tellIfIdle();
                });
    }

    // ---- the end ----

    /** Starts nothing more, lets what is in flight end, and gives everything up. */
    Future<Void> stop(long millisMax) {
        isStopping = true;
        log.unsubscribe(this);
        share.stop();
        idle.close();
        Promise<Void> promise = Promise.promise();
        List.copyOf(assignments.values()).forEach(assignment -> end(assignment, false));
        long until = clock.millis() + millisMax;
        awaitIdle(until, promise);
        return promise.future()
                .onComplete(v -> recorder.close())
                .transform(v -> share.leave())
                .otherwiseEmpty();
    }

    private void awaitIdle(long until, Promise<Void> promise) {
        if (assignments.isEmpty() || clock.millis() >= until) {
            promise.complete();
            return;
        }
        vertx.setTimer(20, t -> awaitIdle(until, promise));
    }
}
