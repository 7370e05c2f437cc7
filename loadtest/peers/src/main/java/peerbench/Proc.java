package peerbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** CPU and memory of process trees, read from /proc. */
final class Proc {
    static final double HZ = 100.0;

    static String read(String p) {
        try {
            return Files.readString(Path.of(p));
        } catch (IOException e) {
            return null;
        }
    }

    /** pids of the roots and all their descendants. */
    static Set<Integer> tree(List<Integer> roots) {
        Map<Integer, List<Integer>> kids = new HashMap<>();
        try (var d = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path p : d) {
                String s = read(p + "/stat");
                if (s == null) continue;
                String[] f = s.substring(s.lastIndexOf(')') + 2).split(" ");
                kids.computeIfAbsent(Integer.parseInt(f[1]), k -> new ArrayList<>())
                        .add(Integer.parseInt(p.getFileName().toString()));
            }
        } catch (IOException e) {
            /* empty */
        }
        Set<Integer> out = new HashSet<>();
        List<Integer> todo = new ArrayList<>(roots);
        while (!todo.isEmpty()) {
            int p = todo.remove(todo.size() - 1);
            if (out.add(p)) todo.addAll(kids.getOrDefault(p, List.of()));
        }
        return out;
    }

    /** user+system seconds of the trees, with reaped children of each process. */
    static double cpu(List<Integer> roots) {
        double t = 0;
        for (int p : tree(roots)) {
            String s = read("/proc/" + p + "/stat");
            if (s == null) continue;
            String[] f = s.substring(s.lastIndexOf(')') + 2).split(" ");
            t += Long.parseLong(f[11]) + Long.parseLong(f[12]) + Long.parseLong(f[13]) + Long.parseLong(f[14]);
        }
        return t / HZ;
    }

    static double selfCpu() {
        String s = read("/proc/self/stat");
        String[] f = s.substring(s.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(f[11]) + Long.parseLong(f[12])) / HZ;
    }
    /** busy seconds of the whole machine (all but idle and iowait). */
    static double machineBusy() {
        String[] f = read("/proc/stat").lines().findFirst().get().trim().split("\\s+");
        return (Long.parseLong(f[1])
                        + Long.parseLong(f[2])
                        + Long.parseLong(f[3])
                        + Long.parseLong(f[6])
                        + Long.parseLong(f[7]))
                / HZ;
    }
    /** proportional set size of the trees, MiB (shared pages are counted once). */
    static double pssMb(List<Integer> roots) {
        long kb = 0;
        for (int p : tree(roots)) {
            String s = read("/proc/" + p + "/smaps_rollup");
            if (s == null) continue;
            for (String l : s.split("\n")) if (l.startsWith("Pss:")) kb += Long.parseLong(l.replaceAll("[^0-9]", ""));
        }
        return kb / 1024.0;
    }
}
