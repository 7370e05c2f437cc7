package io.eventsync.loadtest.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The Postgres that the one server of the rig starts for itself, and brings up again.
 *
 * @param dataDir of that server
 */
record EmbeddedPostgres(Path dataDir) implements Postgres {

    @Override
    public Optional<String> url() {
        return Optional.empty();
    }

    @Override
    public Optional<ProcessHandle> postmaster() {
        try {
            String pid = Files.readAllLines(dataDir.resolve("data").resolve("postmaster.pid"))
                    .get(0)
                    .strip();
            return ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive);
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public void start() {}

    @Override
    public void close() {}
}
