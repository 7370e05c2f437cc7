package io.eventsync.loadtest.chaos;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.StopSignal;
import io.eventsync.loadtest.cluster.Cluster;
import io.eventsync.loadtest.cluster.ServerNode;
import io.eventsync.loadtest.webhook.HookVerdict;
import io.eventsync.loadtest.webhook.HookWatch;
import io.eventsync.v1.Anchor;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.Filter;
import io.eventsync.v1.Ordering;
import io.eventsync.v1.Start;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clients work, faults come by the plan, and in the end everything is held to the log. Blocks. */
final class ChaosRun {

    private static final Logger LOG = LoggerFactory.getLogger(ChaosRun.class);
    private static final int PAGE_EVENTS = 1_000;
    private static final int PROGRESS_EVENTS = 50;
    private static final Duration HURRY = Duration.ofSeconds(1);
    private static final int HOOK_ATTEMPTS = 100;
    private static final int HOOKS_IN_FLIGHT = 8;

    private final Vertx vertx;
    private final Rig rig;
    private final Settings settings;
    private final StopSignal stop;
    private final Clients clients;
    private final ChaosJudge judge;
    private final Map<FaultKind, FaultStats> stats = new EnumMap<>(FaultKind.class);
    private final List<Usage> before = new ArrayList<>();
    private final List<Usage> after = new ArrayList<>();
    private long visits;

    /**
     * @param faultsMax ends the run; so does the time
     * @param endpoints for webhooks; 0 for none
     * @param churnPerSecond clients that come and go
     * @param growthPercentMax of what servers hold on to, from a quarter of the time to its end; nobody looks if it is negative
     * @param hasJumpingClocks makes signatures too old or too new, so that they are not checked
     */
    record Settings(
            Plan plan,
            int faultsMax,
            Duration time,
            double eventsPerSecond,
            int endpoints,
            double churnPerSecond,
            double growthPercentMax,
            boolean hasJumpingClocks,
            String command,
            long seed,
            String run,
            Path work,
            Duration giveUpAfter) {}

    ChaosRun(Vertx vertx, Rig rig, Settings settings, StopSignal stop) {
        this.vertx = vertx;
        this.rig = rig;
        this.settings = settings;
        this.stop = stop;
        this.clients = new Clients(
                vertx,
                rig.targets(),
                settings.eventsPerSecond(),
                settings.run(),
                settings.work().resolve("cursors"));
        this.judge = new ChaosJudge(clients.recorder());
    }

    ChaosVerdict run() {
        Optional<HookVerdict> delivered = Optional.empty();
        boolean isLogRead = false;
        try (clients) {
            ChaosStart start = start();
            Optional<HookWatch> hooks = hooks();
            clients.begin(start, rig.targets(), settings.giveUpAfter().multipliedBy(2));
            Optional<Churn> churn = churn();
            if (awaitProgress("the start")) {
                breakThings(hooks);
            }
            churn.ifPresent(coming -> visits = coming.connections());
            if (!clients.stopWriting(patience())) {
                judge.found("UNANSWERED some events had no answer after " + settings.giveUpAfter());
            }
            if (judge.broken().stream().noneMatch(found -> found.startsWith("STUCK"))) {
                readLog(start);
                isLogRead = true;
                delivered = hooks.map(watch -> watch.judge(stop::isStopped));
                hooks.ifPresent(HookWatch::close);
            }
        }
        delivered.ifPresent(judge::endpoints);
        judge.readers(clients.readers());
        judge.history(isLogRead);
        return new ChaosVerdict(
                clients.recorder().ackedCount(),
                isLogRead,
                judge.lost(),
                clients.recorder().history().observed(),
                clients.answers().failures(),
                judge.told(),
                judge.silent(),
                delivered,
                List.copyOf(stats.values()),
                visits,
                before,
                after,
                judge.broken());
    }

    /** After Ctrl-C there is little time left to take everything down. */
    private Duration patience() {
        return stop.isStopped() ? HURRY : settings.giveUpAfter();
    }

    private ChaosStart start() {
        SyncResponse head =
                page(SyncRequest.newBuilder().setStart(Start.newBuilder().setAnchor(Anchor.ANCHOR_NOW)));
        return new ChaosStart(head.getCursor(), head.getHeadPosition());
    }

    private SyncResponse page(SyncRequest.Builder request) {
        return rig.cluster()
                .await(
                        EventServiceGrpcClient.Sync,
                        request.setMaxEvents(PAGE_EVENTS).build());
    }

    private Optional<HookWatch> hooks() {
        if (settings.endpoints() == 0) {
            return Optional.empty();
        }
        List<String> prefixes =
                IntStream.range(0, settings.endpoints()).mapToObj(Clients::tag).toList();
        return Optional.of(HookWatch.start(
                vertx,
                rig.cluster(),
                new HookWatch.Settings(
                        prefixes,
                        Ordering.ORDERING_PARALLEL,
                        "fail:5",
                        HOOK_ATTEMPTS,
                        HOOKS_IN_FLIGHT,
                        !settings.hasJumpingClocks(),
                        settings.seed(),
                        settings.giveUpAfter(),
                        settings.run(),
                        settings.work().resolve("requests.jsonl"))));
    }

    private void breakThings(Optional<HookWatch> hooks) {
        Breaker breaker =
                new Breaker(rig, settings.command(), () -> clients.readers().forEach(ChaosReader::turn));
        long begin = System.nanoTime();
        long end = begin + settings.time().toNanos();
        boolean isWorking = true;
        for (int i = 0; i < settings.faultsMax() && isWorking && System.nanoTime() < end; i++) {
            if (before.isEmpty() && System.nanoTime() - begin > settings.time().toNanos() / 4) {
                look(before);
            }
            Fault fault = settings.plan().next();
            if (!stop.reaches(System.nanoTime() + fault.pause().toNanos())) {
                return;
            }
            LOG.info(
                    "fault={} acknowledged={}",
                    fault.describe(),
                    clients.answers().acknowledged());
            isWorking = breakOnce(fault, breaker, hooks);
        }
        look(after);
        for (int i = 0; i < Math.min(before.size(), after.size()); i++) {
            before.get(i).growth(after.get(i), settings.growthPercentMax()).forEach(judge::found);
        }
    }

    private void look(List<Usage> usages) {
        if (settings.growthPercentMax() >= 0) {
            rig.cluster()
                    .nodes()
                    .forEach(node -> node.pid().ifPresent(pid -> usages.add(Usage.of(pid, rig.postgres()))));
            LOG.info("usage={}", usages);
        }
    }

    private Optional<Churn> churn() {
        if (settings.churnPerSecond() <= 0) {
            return Optional.empty();
        }
        Churn churn = new Churn(rig.targets(), settings.churnPerSecond());
        Edge.awaitDone(vertx.deployVerticle(churn), settings.giveUpAfter());
        return Optional.of(churn);
    }

    /** False if it did not work again after it. */
    private boolean breakOnce(Fault fault, Breaker breaker, Optional<HookWatch> hooks) {
        long ignored = clients.answers().silentMillis();
        hooks.ifPresent(watch -> disturb(fault, watch));
        boolean isObedient;
        try {
            isObedient = breaker.apply(fault);
        } catch (RuntimeException e) {
            judge.found("STUCK " + fault.describe() + ": " + Edge.describe(e));
            return false;
        }
        if (!isObedient) {
            judge.found((fault.kind() == FaultKind.DISK_FULL ? "POSTGRES_DIED " : "SLOW_STOP ") + fault.describe());
        }
        long mended = System.nanoTime();
        try {
            rig.cluster().nodes().forEach(rig.cluster()::awaitReady);
        } catch (RuntimeException e) {
            judge.found("STUCK " + fault.describe() + ": a server does not answer: " + Edge.describe(e));
            dump();
            return false;
        }
        long ready = millisSince(mended);
        boolean isWorking = awaitProgress(fault.describe());
        stats.computeIfAbsent(fault.kind(), FaultStats::of)
                .add(ready, millisSince(mended), clients.answers().silentMillis());
        return isWorking;
    }

    /** What is in flight may be sent again. Who dies leaves its endpoints to others. */
    private void disturb(Fault fault, HookWatch hooks) {
        Cluster cluster = rig.cluster();
        for (int i = 0; i < rig.nodes(); i++) {
            ServerNode node = cluster.nodes().get(i);
            boolean isTakenOver = fault.kind() == FaultKind.KILL_SERVER && i == fault.node() && rig.nodes() > 1;
            hooks.disturbed(node.nodeId(), isTakenOver ? hooks.owned(node.nodeId()) : Set.of());
        }
    }

    private boolean awaitProgress(String after) {
        long before = clients.answers().acknowledged();
        boolean isWorking = Waiting.until(
                () -> clients.answers().acknowledged() >= before + PROGRESS_EVENTS || stop.isStopped(),
                settings.giveUpAfter());
        if (!isWorking) {
            judge.found("STUCK " + after + ": nothing is acknowledged any more");
            dump();
        }
        return isWorking;
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    private void readLog(ChaosStart start) {
        long head = clients.answers().lastPosition();
        if (!clients.awaitReaders(head, patience())) {
            List<String> late = new ArrayList<>();
            clients.readers().stream()
                    .filter(reader -> reader.reached() < head)
                    .forEach(reader -> late.add(reader.toString()));
            judge.found("LATE readers did not come to " + head + ": " + late);
            dump();
        }
        clients.readers().forEach(ChaosReader::finish);
        String cursor = start.cursor();
        SyncResponse page;
        do {
            page = page(SyncRequest.newBuilder()
                    .setFilter(Filter.newBuilder().addTagPrefixes(Clients.prefix()))
                    .setStart(Start.newBuilder().setCursor(cursor)));
            for (Event event : page.getEventsList()) {
                judge.logged(event.getPosition(), event.getId(), event.getTag());
            }
            cursor = page.getCursor();
        } while (!page.getUpToDate());
    }

    /** What the threads of the servers, and ours, were doing, for whoever looks into it. */
    private void dump() {
        List<Long> pids = new ArrayList<>(List.of(ProcessHandle.current().pid()));
        rig.cluster().nodes().forEach(node -> node.pid().ifPresent(pids::add));
        for (long pid : pids) {
            try {
                Path file = settings.work().resolve("threads-" + pid + ".txt");
                Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
                Files.writeString(file, Tool.run(jcmd.toString(), Long.toString(pid), "Thread.print"));
                LOG.warn("threads={}", file);
            } catch (IOException | RuntimeException e) {
                LOG.warn("threads of {} not known: {}", pid, e.toString());
            }
        }
    }
}
