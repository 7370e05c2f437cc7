package io.eventsync.loadtest.chaos;

import io.eventsync.loadtest.cluster.ServerNode;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Does what a fault says to a rig, and undoes it. Each call blocks until that is done, and says nothing about how the rig takes it. */
final class Breaker {

    private static final int HOUR_SECONDS = 3_600;
    private static final long SLOW_MILLIS = 150;
    /** Below where servers stop adding by default, and above what Postgres needs to go on. */
    private static final long NEARLY_FULL_BYTES = 128L << 20;

    private final Rig rig;
    private final String command;
    private final Runnable meanwhile;

    /**
     * @param command for the fault of that name
     * @param meanwhile is called while something is broken
     */
    Breaker(Rig rig, String command, Runnable meanwhile) {
        this.rig = rig;
        this.command = command;
        this.meanwhile = meanwhile;
    }

    /** True if what broke did as it should; false if a server did not stop in time, or a Postgres died that could have lived. */
    boolean apply(Fault fault) {
        boolean isObedient = true;
        switch (fault.kind()) {
            case KILL_SERVER -> {
                rig.server(fault.node()).kill();
                hold(fault);
                rig.server(fault.node()).start();
            }
            case STOP_SERVER -> isObedient = restartInTurn(fault);
            case KILL_POSTGRES -> killPostgres(fault);
            case FREEZE -> freeze(fault, rig.process(fault.node()).toList());
            case FREEZE_POSTGRES -> freeze(fault, rig.postgres().processes().toList());
            case CLOCK -> {
                rig.clock(fault.node(), fault.coin() ? HOUR_SECONDS : -HOUR_SECONDS);
                hold(fault);
                rig.clock(fault.node(), 0);
            }
            case DISK_FULL -> isObedient = fillDisk(fault);
            case NET_RESET, NET_DROP, NET_SLOW ->
                breakNetwork(fault, rig.gates().get(fault.node()));
            case DB_RESET, DB_DROP -> breakNetwork(fault, rig.databaseGate().orElseThrow());
            case POWER_CUT -> cutPower(fault);
            case COMMAND -> {
                String ignored = Tool.run("sh", "-c", command);
            }
        }
        return isObedient;
    }

    private void hold(Fault fault) {
        Waiting.rest(fault.hold().toMillis() / 2);
        meanwhile.run();
        Waiting.rest(fault.hold().toMillis() / 2);
    }

    private boolean restartInTurn(Fault fault) {
        boolean isObedient = true;
        for (int i = 0; i < rig.nodes(); i++) {
            ServerNode server = rig.server((fault.node() + i) % rig.nodes());
            isObedient &= server.stop();
            meanwhile.run();
            server.start();
            rig.cluster().awaitReady(server);
        }
        return isObedient;
    }

    private void killPostgres(Fault fault) {
        if (fault.coin()) {
            rig.postgres().kill();
        } else {
            // The postmaster alone: its children have to notice, and who starts the next one has to wait for them.
            rig.postgres().postmaster().ifPresent(ProcessHandle::destroyForcibly);
        }
        hold(fault);
        if (rig.postgres() instanceof OwnPostgres own) {
            own.kill();
            own.start();
        }
    }

    private void freeze(Fault fault, List<ProcessHandle> processes) {
        Tool.signal("STOP", processes.stream());
        hold(fault);
        Tool.signal("CONT", processes.stream());
    }

    /** Full, or, if the coin says so, nearly: then events are to be refused and Postgres is to live, which is what is answered. */
    private boolean fillDisk(Fault fault) {
        List<Long> before =
                rig.postgres().postmaster().stream().map(ProcessHandle::pid).toList();
        rig.disk().fill(fault.coin() ? NEARLY_FULL_BYTES : 0);
        hold(fault);
        List<Long> after =
                rig.postgres().postmaster().stream().map(ProcessHandle::pid).toList();
        rig.disk().free();
        if (rig.postgres() instanceof OwnPostgres own && own.postmaster().isEmpty()) {
            own.start();
        }
        return !fault.coin() || before.equals(after);
    }

    private void breakNetwork(Fault fault, Gate gate) {
        switch (fault.kind()) {
            case NET_RESET, DB_RESET -> gate.refuse();
            case NET_DROP, DB_DROP -> gate.drop();
            default -> gate.delay(SLOW_MILLIS);
        }
        hold(fault);
        gate.heal(fault.coin());
    }

    /** Of the machine of Postgres, and, if the coin says so or it is the same machine, of those of the servers. */
    private void cutPower(Fault fault) {
        if (!(rig.disk() instanceof Disk.Loop disk)) {
            throw new IllegalStateException("this disk has no power to cut");
        }
        boolean isEverything = fault.coin() || rig.postgres() instanceof EmbeddedPostgres;
        // Looked up before: what tells them is on the disk.
        List<ProcessHandle> doomed = Stream.concat(
                        rig.postgres().processes(),
                        isEverything
                                ? IntStream.range(0, rig.nodes())
                                        .boxed()
                                        .flatMap(rig::process)
                                        .flatMap(server -> Stream.concat(Stream.of(server), server.descendants()))
                                : Stream.empty())
                .toList();
        disk.cut();
        doomed.forEach(ProcessHandle::destroyForcibly);
        doomed.forEach(process -> process.onExit().join());
        if (isEverything) {
            rig.cluster().nodes().forEach(ServerNode::kill);
        }
        rig.postgres().kill();
        meanwhile.run();
        disk.comeBack();
        rig.postgres().start();
        if (isEverything) {
            rig.cluster().nodes().forEach(ServerNode::start);
        }
    }
}
