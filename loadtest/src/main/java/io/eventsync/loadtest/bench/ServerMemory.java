package io.eventsync.loadtest.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Memory of a Java process after its garbage is gone.
 *
 * @param heapMegabytes of live objects; 0 where jcmd is missing or may not look
 * @param residentMegabytes what the process holds, a heap that was never touched left out
 * @param proportionalMegabytes the same with shared pages by share
 */
public record ServerMemory(double heapMegabytes, double residentMegabytes, double proportionalMegabytes) {

    private static final long JCMD_SECONDS_MAX = 60;
    private static final int TOTAL_BYTES = 2;

    /** Forces two collections (the first frees what the second can collect), then looks. */
    public static ServerMemory settled(long pid) {
        double ignored = liveMegabytes(pid);
        double live = liveMegabytes(pid);
        List<Long> pids = List.of(pid);
        return new ServerMemory(live, ProcessUsage.residentMegabytes(pids), ProcessUsage.proportionalMegabytes(pids));
    }

    /** The last line of a class histogram, which collects first: {@code Total  <instances>  <bytes>}. */
    private static double liveMegabytes(long pid) {
        String jcmd = System.getProperty("java.home") + File.separator + "bin" + File.separator + "jcmd";
        try {
            Process process = new ProcessBuilder(jcmd, Long.toString(pid), "GC.class_histogram")
                    .redirectErrorStream(true)
                    .start();
            long bytes = 0;
            try (BufferedReader lines = process.inputReader()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    String[] words = line.strip().split("\\s+", -1);
                    if (words[0].equals("Total") && words.length > TOTAL_BYTES) {
                        bytes = Long.parseLong(words[TOTAL_BYTES]);
                    }
                }
            }
            if (!process.waitFor(JCMD_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return Math.round(bytes / 1e3) / 1e3;
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
