package io.eventsync.loadtest.chaos;

import io.eventsync.loadtest.bench.ServerMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What one server holds on to: the least of several looks at each, as calls and connections under way come and go.
 *
 * @param pid whose it is
 * @param heapMegabytes of live objects
 * @param connections of all servers to Postgres; 0 where that is not ours to look at
 */
record Usage(long pid, double heapMegabytes, long files, long threads, long connections) {

    private static final int LOOKS = 5;
    private static final double HEAP_SLACK_MEGABYTES = 1;
    /** A pool may open one more of what it may have. */
    private static final long SLACK = 3;

    private static final Pattern BACKEND = Pattern.compile("postgres: \\S+ \\S+ (\\[local\\]|[0-9.]+\\().*");

    static Usage of(long pid, Postgres postgres) {
        return Stream.generate(() -> look(pid, postgres))
                .limit(LOOKS)
                .reduce(Usage::least)
                .orElseThrow();
    }

    private static Usage look(long pid, Postgres postgres) {
        return new Usage(
                pid,
                ServerMemory.settled(pid).heapMegabytes(),
                entries(Path.of("/proc", Long.toString(pid), "fd")),
                entries(Path.of("/proc", Long.toString(pid), "task")),
                postgres.processes().filter(Usage::isBackend).count());
    }

    Usage least(Usage other) {
        return new Usage(
                pid,
                Math.min(heapMegabytes, other.heapMegabytes),
                Math.min(files, other.files),
                Math.min(threads, other.threads),
                Math.min(connections, other.connections));
    }

    /** What has grown by more than that. */
    List<String> growth(Usage after, double percentMax) {
        List<String> found = new ArrayList<>();
        if (pid != after.pid) {
            found.add("GROWTH is not known: the server is another process than before");
            return found;
        }
        double factor = 1 + percentMax / 100;
        if (after.heapMegabytes > Math.max(heapMegabytes * factor, heapMegabytes + HEAP_SLACK_MEGABYTES)) {
            found.add(String.format(Locale.ROOT, "GROWTH heap %.1f -> %.1f MB", heapMegabytes, after.heapMegabytes));
        }
        grown("files", files, after.files, factor, found);
        grown("threads", threads, after.threads, factor, found);
        grown("connections", connections, after.connections, factor, found);
        return found;
    }

    private static void grown(String what, long before, long after, double factor, List<String> found) {
        if (after > Math.max((long) (before * factor), before + SLACK)) {
            found.add("GROWTH " + what + " " + before + " -> " + after);
        }
    }

    private static long entries(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.count();
        } catch (IOException e) {
            return 0;
        }
    }

    private static boolean isBackend(ProcessHandle process) {
        try {
            String name = Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
            return BACKEND.matcher(name.replace('\0', ' ').strip()).matches();
        } catch (IOException ended) {
            return false;
        }
    }
}
