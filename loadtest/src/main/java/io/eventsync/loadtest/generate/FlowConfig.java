package io.eventsync.loadtest.generate;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What is going on in the log that is made up.
 *
 * @param seed the same one makes the same entries
 * @param heartbeat from one to the next; zero makes none
 * @param sessionsPerSecond how many visitors come, on average; 0 for none
 * @param fields custom names with the values they take by turns of chance, each of at least one
 */
record FlowConfig(
        long seed, Duration heartbeat, double sessionsPerSecond, Burst burst, Map<String, List<String>> fields) {

    static final double SESSIONS_PER_SECOND_MAX = 100_000;

    FlowConfig {
        if (!(sessionsPerSecond >= 0 && sessionsPerSecond <= SESSIONS_PER_SECOND_MAX)) {
            throw new IllegalArgumentException("--sessions is 0 to 100000 a second");
        }
        if (heartbeat.isZero() && sessionsPerSecond == 0) {
            throw new IllegalArgumentException("--heartbeat 0 and --sessions 0 together make no entries");
        }
    }
}
