package io.eventsync.server.postgres;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Makes sure that one process, and one embedded Postgres in it, uses a home. The kernel frees it when the JVM dies. */
final class HomeLock {
    private static final int PID_BYTES_MAX = 20;

    /**
     * Closing any channel on a file drops every lock this process has on it, so a second start in the same JVM must not
     * even open the file.
     */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path home;
    private final FileChannel channel;

    private HomeLock(Path home, FileChannel channel) {
        this.home = home;
        this.channel = channel;
    }

    static HomeLock take(Path folder) throws IOException, EmbeddedPostgresException {
        Path home = folder.toRealPath();
        if (!HELD_HERE.add(home)) {
            throw inUse(home, Long.toString(ProcessHandle.current().pid()));
        }
        try {
            return new HomeLock(home, locked(home));
        } catch (IOException | EmbeddedPostgresException e) {
            HELD_HERE.remove(home);
            throw e;
        }
    }

    void release() throws IOException {
        try {
            channel.close();
        } finally {
            HELD_HERE.remove(home);
        }
    }

    private static FileChannel locked(Path home) throws IOException, EmbeddedPostgresException {
        FileChannel channel = FileChannel.open(
                home.resolve("lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                Folders.mode("rw-------"));
        boolean isLocked = false;
        try {
            isLocked = channel.tryLock() != null;
            if (!isLocked) {
                throw inUse(home, holder(channel));
            }
            channel.truncate(0);
            String pid = Long.toString(ProcessHandle.current().pid());
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.UTF_8)), 0);
            return channel;
        } finally {
            if (!isLocked) {
                channel.close();
            }
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(PID_BYTES_MAX);
        channel.read(pid, 0);
        return new String(pid.array(), 0, pid.position(), StandardCharsets.UTF_8);
    }

    private static EmbeddedPostgresException inUse(Path home, String pid) {
        return new EmbeddedPostgresException("The folder " + home + " is in use by another EventSync server (process "
                + pid + "). Stop that one, or give this one a folder of its own.");
    }
}
