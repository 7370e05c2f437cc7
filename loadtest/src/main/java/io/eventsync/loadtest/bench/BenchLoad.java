package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import java.io.PrintWriter;
import java.util.Map;

/** Runs one ingest bench and prints it; what `bench ingest`, `bench batch` and `bench stream` share. */
final class BenchLoad {

    private BenchLoad() {}

    static int run(String name, CommonOptions common, LoadOptions load, LoadMode mode, PrintWriter out) {
        LoadRun run = new LoadRun(common, load, mode);
        try (Interruption interruption = Interruption.stopping(run::stop)) {
            Map<String, Object> result = run.measure(name, common.server.target(), common.serverPids);
            common.output.print(result, out);
            return exitCode(result);
        } catch (RuntimeException e) {
            out.println("cannot measure " + common.server.target() + ": " + Edge.describe(e));
            out.flush();
            return 1;
        }
    }

    /** A bench without a single acknowledged event measured nothing. */
    static int exitCode(Map<String, Object> result) {
        return Long.valueOf(0).equals(result.get("events")) ? 1 : 0;
    }
}
