package io.eventsync.loadtest.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * CPU time and memory of processes with all their children, from /proc. A dead child's time is in its parent's, once waited for,
 * so a sum over the tree never goes back.
 */
final class ProcessUsage {

    // USER_HZ, which is 100 on every Linux that Java runs on.
    private static final double TICKS_PER_SECOND = 100;
    private static final int PPID = 1;
    private static final int UTIME = 11;
    private static final int CSTIME = 14;

    private ProcessUsage() {}

    /** CPU seconds of this process alone; a child that plays the server must not count. */
    static double ownCpuSeconds() {
        return ticks(ProcessHandle.current().pid(), 2) / TICKS_PER_SECOND;
    }

    /** CPU seconds that these processes and their descendants have used so far. */
    static double treeCpuSeconds(List<Long> roots) {
        long ticks = 0;
        for (long pid : tree(roots)) {
            ticks += ticks(pid, CSTIME - UTIME + 1);
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** Resident megabytes of these processes alone. */
    static double residentMegabytes(List<Long> pids) {
        return megabytes(pids, "status", "VmRSS:");
    }

    /** Megabytes of these processes alone, shared pages by share; 0 where /proc does not tell. */
    static double proportionalMegabytes(List<Long> pids) {
        return megabytes(pids, "smaps_rollup", "Pss:");
    }

    /** Megabytes of these processes and their descendants, shared pages counted once; 0 where /proc does not tell. */
    static double treeProportionalMegabytes(List<Long> roots) {
        return megabytes(tree(roots), "smaps_rollup", "Pss:");
    }

    private static List<Long> tree(List<Long> roots) {
        Map<Long, List<Long>> children = new HashMap<>();
        for (long pid : allPids()) {
            List<String> fields = statFields(pid);
            if (!fields.isEmpty()) {
                children.computeIfAbsent(Long.parseLong(fields.get(PPID)), parent -> new ArrayList<>())
                        .add(pid);
            }
        }
        List<Long> tree = new ArrayList<>(roots);
        for (int i = 0; i < tree.size(); i++) {
            tree.addAll(children.getOrDefault(tree.get(i), List.of()));
        }
        return tree;
    }

    private static List<Long> allPids() {
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.chars().allMatch(Character::isDigit))
                    .map(Long::valueOf)
                    .collect(Collectors.toList());
        } catch (IOException e) {
            return List.of();
        }
    }

    private static long ticks(long pid, int fieldCount) {
        List<String> fields = statFields(pid);
        long ticks = 0;
        for (int i = 0; i < fieldCount && !fields.isEmpty(); i++) {
            ticks += Long.parseLong(fields.get(UTIME + i));
        }
        return ticks;
    }

    /** The fields of /proc/PID/stat from the state on; the name before it may hold blanks and brackets. */
    private static List<String> statFields(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        } catch (IOException e) {
            // It ended meanwhile.
            return List.of();
        }
    }

    private static double megabytes(List<Long> pids, String file, String field) {
        long kilobytes = 0;
        for (long pid : pids) {
            try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/" + file))) {
                kilobytes += lines.filter(line -> line.startsWith(field))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                        .sum();
            } catch (IOException | UncheckedIOException e) {
                // It ended meanwhile, or belongs to another user.
            }
        }
        return Math.round(kilobytes / 102.4) / 10.0;
    }
}
