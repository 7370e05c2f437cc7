package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ingest over gRPC and as JSON over HTTP in turn, so that both meet the same state of the machine; the ratio of medians is the result. */
final class HttpComparison {
    private final CommonOptions common;
    private final LoadOptions load;
    private final int rounds;
    private final PrintWriter out;

    HttpComparison(CommonOptions common, LoadOptions load, int rounds, PrintWriter out) {
        this.common = common;
        this.load = load;
        this.rounds = rounds;
        this.out = out;
    }

    int run() {
        LoadRun grpc = new LoadRun(common, load, LoadMode.INGEST);
        LoadRun http = new LoadRun(common, load, LoadMode.HTTP);
        List<Map<String, Object>> byGrpc = new ArrayList<>();
        List<Map<String, Object>> byHttp = new ArrayList<>();
        try (Interruption first = Interruption.stopping(grpc::stop);
                Interruption second = Interruption.stopping(http::stop)) {
            for (int round = 0; round < rounds && !grpc.isStopped(); round++) {
                byGrpc.add(measure(grpc, "ingest"));
                byHttp.add(measure(http, "ingest http"));
            }
        } catch (RuntimeException e) {
            out.println("cannot measure " + common.server.target() + ": " + Edge.describe(e));
            out.flush();
            return 1;
        }
        double grpcRate = Comparison.median(byGrpc, "events_per_s");
        double httpRate = Comparison.median(byHttp, "events_per_s");
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("bench", "ingest http/grpc");
        summary.put("rounds", byHttp.size());
        summary.put("grpc_events_per_s", grpcRate);
        summary.put("http_events_per_s", httpRate);
        summary.put("rate_ratio", grpcRate == 0 ? 0 : Tally.round(httpRate / grpcRate));
        common.output.print(summary, out);
        return httpRate == 0 ? 1 : 0;
    }

    private Map<String, Object> measure(LoadRun run, String name) {
        Map<String, Object> result = run.measure(name, common.server.target(), common.serverPids);
        common.output.print(result, out);
        return result;
    }
}
