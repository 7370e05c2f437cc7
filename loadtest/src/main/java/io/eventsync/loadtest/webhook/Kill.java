package io.eventsync.loadtest.webhook;

import java.util.Set;

/**
 * The end of a node.
 *
 * @param nodeId what it was called in attempts and leases
 * @param owned the endpoints it had
 */
record Kill(long timeMicros, String nodeId, Set<String> owned) {}
