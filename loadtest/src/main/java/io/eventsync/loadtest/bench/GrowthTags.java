package io.eventsync.loadtest.bench;

import java.util.ArrayList;
import java.util.List;

/** Tags of which a filter lets a known share of the events through. */
final class GrowthTags {

    static final String ALL = "BENCH";
    /** One event of a hundred; bench ingest writes it as often. */
    static final String ONE_PERCENT = EventTemplate.tag(1);
    /** One event of a hundred thousand. */
    static final String RARE = "BENCH.RARE";

    private static final int TAGS = 100;
    private static final int RARE_EVERY = 100_000;

    private GrowthTags() {}

    /** In the order of the events that have them. */
    static List<String> inTurn() {
        List<String> tags = new ArrayList<>(RARE_EVERY);
        tags.add(RARE);
        for (int i = 1; i < RARE_EVERY; i++) {
            tags.add(EventTemplate.tag(i % TAGS));
        }
        return tags;
    }
}
