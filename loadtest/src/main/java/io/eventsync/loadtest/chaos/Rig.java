package io.eventsync.loadtest.chaos;

import io.eventsync.loadtest.cluster.Cluster;
import io.eventsync.loadtest.cluster.ServerNode;
import io.eventsync.loadtest.rpc.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Servers as processes, their Postgres, the disk below it and the networks between, all to be broken.
 *
 * @param gates between clients and each server; none if nothing is to happen there
 * @param databaseGate between all servers and Postgres
 * @param targets where clients go
 * @param parts to be closed, the last one first
 */
record Rig(
        Path work,
        Disk disk,
        Postgres postgres,
        Cluster cluster,
        List<Gate> gates,
        Optional<Gate> databaseGate,
        List<Target> targets,
        Deque<AutoCloseable> parts)
        implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Rig.class);

    ServerNode server(int number) {
        return cluster.nodes().get(number);
    }

    int nodes() {
        return cluster.nodes().size();
    }

    /** The server's process, if it runs. */
    Stream<ProcessHandle> process(int number) {
        return server(number).pid().stream().boxed().flatMap(pid -> ProcessHandle.of(pid).stream());
    }

    /** Sets the wall clock of a server so many seconds off. */
    void clock(int number, int seconds) {
        try {
            Files.writeString(clockFile(work, number), (seconds < 0 ? "" : "+") + seconds + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path clockFile(Path work, int number) {
        return work.resolve("clock-" + (number + 1));
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            close(parts.pop());
        }
    }

    static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            LOG.warn("part={} not closed: {}", part.getClass().getSimpleName(), e.toString());
        }
    }
}
