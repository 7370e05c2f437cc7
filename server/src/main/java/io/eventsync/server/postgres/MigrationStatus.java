package io.eventsync.server.postgres;

import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A migration this server carries, and whether this database has it. */
public final class MigrationStatus {
    private final Migration migration;
    private final @Nullable OffsetDateTime appliedAt;

    MigrationStatus(Migration migration, @Nullable OffsetDateTime appliedAt) {
        this.migration = migration;
        this.appliedAt = appliedAt;
    }

    public Migration migration() {
        return migration;
    }

    public boolean isApplied() {
        return appliedAt != null;
    }

    public Optional<OffsetDateTime> appliedAt() {
        return Optional.ofNullable(appliedAt);
    }

    @Override
    public String toString() {
        return migration.fileName() + (appliedAt == null ? " pending" : " applied " + appliedAt);
    }
}
