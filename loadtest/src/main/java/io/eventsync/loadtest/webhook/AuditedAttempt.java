package io.eventsync.loadtest.webhook;

import io.eventsync.v1.AttemptOutcome;

/** An attempt as the audit has it. */
record AuditedAttempt(
        String endpoint,
        String eventId,
        long position,
        int number,
        AttemptOutcome outcome,
        int status,
        String nodeId,
        long startMicros) {}
