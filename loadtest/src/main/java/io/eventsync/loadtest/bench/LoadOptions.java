package io.eventsync.loadtest.bench;

import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** The shape of ingest load. */
final class LoadOptions {

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            description =
                    "Most calls (appends of a stream) without an answer, over all connections. Default: 256, for batch 32.")
    int inFlight;

    @Option(names = "--connections", paramLabel = "N", description = "HTTP/2 connections (default 4).")
    int connections = 4;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Bytes of the JSON payload of an event (default 256).")
    int size = 256;

    @Option(
            names = "--tags",
            paramLabel = "N",
            description = "Different tags, BENCH.T000 and up, in turn (default 100).")
    int tags = 100;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Events a call of batch (default 100) or of overload, or an append of stream (default 1).")
    int batch;

    @Option(
            names = "--rate",
            paramLabel = "R",
            description =
                    "Open loop: this many calls or appends a second over all connections, latency counted from the time"
                            + " each was due. 0: closed loop, as fast as answers come (default 0).")
    double rate;

    @Option(
            names = "--ids",
            paramLabel = "client|server",
            description = "Who makes the event ids (default client: each call carries a new one).")
    IdSource ids = IdSource.CLIENT;

    enum IdSource {
        CLIENT,
        SERVER
    }

    /** The same at another rate. */
    LoadOptions at(double otherRate, int otherInFlight) {
        LoadOptions other = new LoadOptions();
        other.inFlight = otherInFlight;
        other.connections = connections;
        other.size = size;
        other.tags = tags;
        other.batch = batch;
        other.rate = otherRate;
        other.ids = ids;
        return other;
    }

    void describe(LoadMode mode, Map<String, Object> result) {
        result.put("loop", rate > 0 ? "open" : "closed");
        result.put("rate", rate);
        result.put("in_flight", inFlightFor(mode));
        result.put("connections", connections);
        result.put("size", size);
        result.put("tags", tags);
        result.put("batch", batchFor(mode));
        result.put("ids", ids.name().toLowerCase(Locale.ROOT));
    }

    int inFlightFor(LoadMode mode) {
        if (inFlight > 0) {
            return inFlight;
        }
        return mode == LoadMode.BATCH ? 32 : 256;
    }

    int batchFor(LoadMode mode) {
        if (mode == LoadMode.INGEST || mode == LoadMode.HTTP) {
            return 1;
        }
        return batch > 0 ? batch : mode == LoadMode.BATCH ? 100 : 1;
    }
}
