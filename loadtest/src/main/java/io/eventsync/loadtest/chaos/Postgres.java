package io.eventsync.loadtest.chaos;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The database of a rig. */
interface Postgres extends AutoCloseable {

    /** For the servers; empty if one of them carries it. */
    Optional<String> url();

    /** The postmaster, if it runs and is ours to harm. */
    Optional<ProcessHandle> postmaster();

    /** Up again after a kill; for one that is brought up by somebody else, nothing. */
    void start();

    @Override
    void close();

    /** All of its processes. */
    default Stream<ProcessHandle> processes() {
        return postmaster().stream()
                .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.descendants()));
    }

    /** kill -9 of all of it. Returns when it is gone. */
    default void kill() {
        List<ProcessHandle> all = processes().toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(process -> process.onExit().join());
    }

    /** One that runs elsewhere. */
    record Foreign(Optional<String> url) implements Postgres {
        @Override
        public Optional<ProcessHandle> postmaster() {
            return Optional.empty();
        }

        @Override
        public void start() {}

        @Override
        public void close() {}
    }
}
