package io.eventsync.server.postgres;

import io.eventsync.server.postgres.MigrationException.Reason;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a database to the schema of this server: each file in a transaction of its own, under one lock for all servers, so
 * any number of them may start at once. Others may be at work meanwhile, and queue behind who waits for a lock: no lock on a table is
 * waited for long, and what is in the way, a dump or a transaction that somebody left open, only makes the file wait, see {@link LockWaits}.
 */
public final class Migrations {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final String FOLDER = "/db/migration";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String DEADLOCK_DETECTED = "40P01";
    private static final Set<String> LOCKED_STATES = Set.of(LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED);

    private final List<Migration> known;
    private final LockWaits.Limits limits;

    private Migrations(List<Migration> known, LockWaits.Limits limits) {
        this.known = List.copyOf(known);
        this.limits = limits;
    }

    /** Those of this server, read from the class path. */
    public static Migrations load() {
        return of(MigrationFiles.read(FOLDER));
    }

    /** Numbered 1, 2, 3 and on, so that a file forgotten in the index is noticed. */
    static Migrations of(List<Migration> migrations) {
        return of(migrations, LockWaits.Limits.DEFAULT);
    }

    static Migrations of(List<Migration> migrations, LockWaits.Limits limits) {
        for (int i = 0; i < migrations.size(); i++) {
            if (migrations.get(i).version() != i + 1) {
                throw new IllegalArgumentException(
                        "expected migration number " + (i + 1) + ", found " + migrations.get(i));
            }
        }
        return new Migrations(migrations, limits);
    }

    /** Applies what is missing and answers with it; on a failure everything before the failing file stays applied. */
    public Future<List<Migration>> up(PgConnection connection) {
        return supported(connection).compose(ok -> applyRest(connection, System.nanoTime(), new ArrayList<>()));
    }

    /** All migrations of this server in order; only reads. */
    public Future<List<MigrationStatus>> status(PgConnection connection) {
        return supported(connection)
                .compose(ok -> MigrationStore.applied(connection))
                .map(this::statuses);
    }

    /** Fails with a {@link MigrationException} unless the schema is exactly that of this server; only reads. */
    public Future<Void> verify(PgConnection connection) {
        return supported(connection)
                .compose(ok -> MigrationStore.applied(connection))
                .map(applied -> {
                    SchemaCheck.requireKnownAndUnchanged(known, applied);
                    SchemaCheck.requireComplete(SchemaCheck.pending(known, applied));
                    return null;
                });
    }

    private static Future<Void> supported(PgConnection connection) {
        return Future.succeededFuture(connection.databaseMetadata()).map(database -> {
            SchemaCheck.requireSupported(database);
            return null;
        });
    }

    private Future<List<Migration>> applyRest(PgConnection connection, long beganNanos, List<Migration> done) {
        return applyOnceFree(connection, new LockWaits(limits, beganNanos)).compose(next -> {
            if (next.isEmpty()) {
                return Future.succeededFuture(List.copyOf(done));
            }
            LOG.info("migration applied file={}", next.get().fileName());
            done.add(next.get());
            return applyRest(connection, beganNanos, done);
        });
    }

    private Future<Optional<Migration>> applyOnceFree(PgConnection connection, LockWaits waits) {
        return inTransaction(connection, () -> applyNext(connection, waits))
                .recover(failure -> failure instanceof MigrationException refused && refused.reason() == Reason.LOCKED
                        ? waits.refused(connection, refused).compose(v -> applyOnceFree(connection, waits))
                        : Future.failedFuture(failure));
    }

    /** The history is read again under the lock each time, since another server may have been quicker. */
    private Future<Optional<Migration>> applyNext(PgConnection connection, LockWaits waits) {
        return MigrationStore.lock(connection)
                .compose(locked -> waits.pause(connection))
                .compose(paused -> MigrationStore.createHistory(connection))
                .compose(created -> MigrationStore.applied(connection))
                .compose(applied -> {
                    SchemaCheck.requireKnownAndUnchanged(known, applied);
                    List<Migration> pending = SchemaCheck.pending(known, applied);
                    return pending.isEmpty()
                            ? Future.succeededFuture(Optional.empty())
                            : apply(connection, pending.get(0)).map(Optional::of);
                });
    }

    private Future<Migration> apply(PgConnection connection, Migration migration) {
        return MigrationStore.limitLocks(connection, limits.lockMillis())
                .compose(limited -> MigrationStore.run(connection, migration))
                .recover(failure -> Future.failedFuture(failed(migration, failure)))
                .compose(ran -> MigrationStore.insert(connection, migration))
                .map(migration);
    }

    private static <T> Future<T> inTransaction(PgConnection connection, Supplier<Future<T>> work) {
        return connection
                .begin()
                .compose(transaction -> work.get()
                        .compose(result -> transaction.commit().map(result))
                        .recover(failure -> rolledBack(transaction, failure)));
    }

    /** The first failure is the one to report; a rollback fails too when the connection is gone. */
    private static <T> Future<T> rolledBack(Transaction transaction, Throwable failure) {
        return transaction.rollback().transform(rollback -> Future.failedFuture(failure));
    }

    private static MigrationException failed(Migration migration, Throwable failure) {
        if (failure instanceof PgException error && LOCKED_STATES.contains(String.valueOf(error.getSqlState()))) {
            return new MigrationException(
                    Reason.LOCKED,
                    "Migration " + migration.fileName() + " did not get a lock on a table that it changes",
                    failure);
        }
        String where = failure instanceof PgException error ? line(migration, error) : "";
        return new MigrationException(
                Reason.FAILED,
                "Migration " + migration.fileName() + " failed" + where + " and left nothing behind: "
                        + failure.getMessage(),
                failure);
    }

    private static String line(Migration migration, PgException error) {
        String position = error.getPosition();
        if (position == null) {
            return "";
        }
        int end = Math.min(Integer.parseInt(position) - 1, migration.sql().length());
        return " at line "
                + (migration
                                .sql()
                                .substring(0, end)
                                .chars()
                                .filter(c -> c == '\n')
                                .count()
                        + 1);
    }

    private List<MigrationStatus> statuses(List<AppliedMigration> applied) {
        return known.stream()
                .map(migration -> new MigrationStatus(
                        migration,
                        applied.stream()
                                .filter(row -> row.version() == migration.version())
                                .map(AppliedMigration::appliedAt)
                                .findFirst()
                                .orElse(null)))
                .toList();
    }
}
