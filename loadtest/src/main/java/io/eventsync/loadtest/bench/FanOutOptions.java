package io.eventsync.loadtest.bench;

import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** The shape of fan-out load. */
final class FanOutOptions {

    @Option(names = "--subscribers", paramLabel = "N", description = "Open subscriptions (default 100).")
    int subscribers = 100;

    @Option(
            names = "--match",
            paramLabel = "all|one",
            description = "all: every subscription gets every event; one: each gets one tag of --tags (default all).")
    Match match = Match.ALL;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "HTTP/2 connections that share the subscriptions (default 4).")
    int connections = 4;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Bytes of the JSON payload of an event (default 256).")
    int size = 256;

    @Option(names = "--tags", paramLabel = "N", description = "Different tags, in turn (default 100).")
    int tags = 100;

    @Option(
            names = "--rate",
            paramLabel = "R",
            description =
                    "Events a second, latency counted from the time each was due. 0: as fast as subscribers keep up, with"
                            + " 256 events undelivered at most (default 0).")
    double rate;

    enum Match {
        ALL,
        ONE
    }

    String prefixOf(int subscriber) {
        return match == Match.ALL ? "BENCH" : EventTemplate.tag(subscriber % tags);
    }

    /** How many subscriptions get the event of this number. */
    int readersOf(long number) {
        if (match == Match.ALL) {
            return subscribers;
        }
        int tag = (int) (number % tags);
        return tag < subscribers ? (subscribers - tag - 1) / tags + 1 : 0;
    }

    int deliveriesPerRound() {
        return match == Match.ALL ? subscribers * tags : subscribers;
    }

    void describe(Map<String, Object> result) {
        result.put("subscribers", subscribers);
        result.put("match", match.name().toLowerCase(Locale.ROOT));
        result.put("connections", connections);
        result.put("size", size);
        result.put("tags", tags);
        result.put("loop", rate > 0 ? "open" : "closed");
        result.put("rate", rate);
    }
}
