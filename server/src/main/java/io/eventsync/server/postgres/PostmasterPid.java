package io.eventsync.server.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What Postgres says about itself in {@code postmaster.pid}; the file outlives a postmaster that was killed. */
record PostmasterPid(long pid, boolean isReady) {
    private static final int STATUS_LINE = 7;

    static Path in(Path data) {
        return data.resolve("postmaster.pid");
    }

    /** Empty also while Postgres is still writing the file. */
    static Optional<PostmasterPid> read(Path data) throws IOException {
        try {
            List<String> lines = Files.readAllLines(in(data));
            if (lines.isEmpty() || !lines.get(0).matches("\\d{1,18}")) {
                return Optional.empty();
            }
            boolean isReady =
                    lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
            return Optional.of(new PostmasterPid(Long.parseLong(lines.get(0)), isReady));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
