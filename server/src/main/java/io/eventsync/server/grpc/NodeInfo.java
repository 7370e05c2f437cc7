package io.eventsync.server.grpc;

import java.time.Instant;
import java.time.InstantSource;

/** What this node says of itself. */
public record NodeInfo(
        String version,
        String nodeId,
        Instant startTime,
        InstantSource clock,
        String postgresVersion,
        boolean isPostgresEmbedded) {}
