package io.eventsync.server.postgres;

import java.time.OffsetDateTime;

/** A row of the history: what was run on this database, and when. */
record AppliedMigration(int version, String name, String checksum, OffsetDateTime appliedAt) {}
