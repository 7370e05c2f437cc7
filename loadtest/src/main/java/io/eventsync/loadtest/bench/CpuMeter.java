package io.eventsync.loadtest.bench;

import java.util.List;
import java.util.Map;

/** CPU time between two moments, of this process and of the server's tree. */
final class CpuMeter {

    private final List<Long> serverPids;
    private double clientSeconds;
    private double serverSeconds;

    CpuMeter(List<Long> serverPids) {
        this.serverPids = List.copyOf(serverPids);
    }

    void start() {
        clientSeconds = ProcessUsage.ownCpuSeconds();
        serverSeconds = ProcessUsage.treeCpuSeconds(serverPids);
    }

    void stop() {
        clientSeconds = ProcessUsage.ownCpuSeconds() - clientSeconds;
        serverSeconds = ProcessUsage.treeCpuSeconds(serverPids) - serverSeconds;
    }

    void describe(long events, Map<String, Object> result) {
        result.put("client_cpu_s_per_1k", perThousand(clientSeconds, events));
        if (!serverPids.isEmpty()) {
            result.put("server_cpu_s_per_1k", perThousand(serverSeconds, events));
            result.put("server_rss_mb", ProcessUsage.residentMegabytes(serverPids));
            result.put("server_tree_pss_mb", ProcessUsage.treeProportionalMegabytes(serverPids));
        }
    }

    private static double perThousand(double seconds, long events) {
        return events == 0 ? 0 : Math.round(seconds / events * 1e9) / 1e6;
    }
}
