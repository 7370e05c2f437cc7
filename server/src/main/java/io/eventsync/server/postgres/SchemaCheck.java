package io.eventsync.server.postgres;

import io.eventsync.server.postgres.MigrationException.Reason;
import io.vertx.sqlclient.spi.DatabaseMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What has to hold between a database's history and the migrations this server carries. */
final class SchemaCheck {
    static final int POSTGRES_MAJOR_MIN = 14;

    private SchemaCheck() {}

    static void requireSupported(DatabaseMetadata database) {
        if (database.majorVersion() < POSTGRES_MAJOR_MIN) {
            throw new MigrationException(
                    Reason.POSTGRES_TOO_OLD,
                    "The database is PostgreSQL " + database.fullVersion() + "; EventSync needs version "
                            + POSTGRES_MAJOR_MIN + " or newer. Upgrade the database, or use another one.");
        }
    }

    static void requireKnownAndUnchanged(List<Migration> known, List<AppliedMigration> applied) {
        Map<Integer, Migration> byVersion = new HashMap<>();
        known.forEach(migration -> byVersion.put(migration.version(), migration));
        for (AppliedMigration row : applied) {
            Migration migration = byVersion.get(row.version());
            if (migration == null) {
                throw newer(known, row);
            }
            if (!migration.checksum().equals(row.checksum())) {
                throw changed(migration, row);
            }
        }
    }

    static void requireComplete(List<Migration> pending) {
        if (!pending.isEmpty()) {
            throw new MigrationException(
                    Reason.PENDING,
                    "The schema lacks " + pending.size() + " migration(s) this server needs, the first is "
                            + pending.get(0).fileName() + ". Migrate the database, then start the server.");
        }
    }

    static List<Migration> pending(List<Migration> known, List<AppliedMigration> applied) {
        List<Integer> versions = applied.stream().map(AppliedMigration::version).toList();
        return known.stream()
                .filter(migration -> !versions.contains(migration.version()))
                .toList();
    }

    private static MigrationException newer(List<Migration> known, AppliedMigration row) {
        int newest = known.isEmpty() ? 0 : known.get(known.size() - 1).version();
        return new MigrationException(
                Reason.NEWER_SCHEMA,
                "The schema holds migration " + row.version() + " (" + row.name() + "), applied " + row.appliedAt()
                        + "; this server knows up to " + newest + ". Start the newer server version that migrated it,"
                        + " or restore a backup from before.");
    }

    private static MigrationException changed(Migration migration, AppliedMigration row) {
        return new MigrationException(
                Reason.CHANGED,
                "Migration " + migration.fileName() + " was applied " + row.appliedAt() + " with checksum "
                        + row.checksum() + " and reads differently in this server (" + migration.checksum()
                        + "). A released migration never changes: run an unmodified release, and make schema changes in"
                        + " a new migration.");
    }
}
