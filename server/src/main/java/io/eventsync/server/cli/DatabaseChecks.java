package io.eventsync.server.cli;

import io.eventsync.server.ServerConfig;
import io.eventsync.server.postgres.Database;
import io.eventsync.server.postgres.DatabaseCondition;
import io.eventsync.server.postgres.MigrationException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the database gives a server. */
final class DatabaseChecks {
    static final Duration CLOCK_WARN = Duration.ofSeconds(2);
    /** Receivers of webhooks and JWTs allow so much. */
    static final Duration CLOCK_FAIL = Duration.ofMinutes(5);
    /** Beside the two pools: for appends, notifications and leases. */
    private static final int CONNECTIONS_BESIDE = 8;
    /** Of two statements at once that look for old ids in all partitions of two tables out of four, and as much for a dump beside them. */
    private static final int LOCKS_PER_PARTITION = 4;

    private DatabaseChecks() {}

    static Future<List<Finding>> all(Vertx vertx, Database database, ServerConfig config, InstantSource clock) {
        long began = System.nanoTime();
        return database.condition(vertx)
                .timeout(config.postgres().connectTimeout().toMillis() * 2, TimeUnit.MILLISECONDS)
                .compose(condition -> {
                    Duration took = Duration.ofNanos(System.nanoTime() - began);
                    List<Finding> findings = new ArrayList<>(of(condition, config, took));
                    findings.add(clock(condition.micros(), clock.instant()));
                    return migrations(vertx, database).map(finding -> {
                        findings.add(finding);
                        return findings;
                    });
                });
    }

    static Finding unreachable(String message) {
        return Finding.fail(
                "database",
                message,
                "is Postgres up, and is database.url right? A server on the same data.dir keeps it for itself: ask that"
                        + " one's /readyz");
    }

    static List<Finding> of(DatabaseCondition condition, ServerConfig config, Duration took) {
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("database", "PostgreSQL " + condition.version() + ", " + took.toMillis() + " ms"));
        if (condition.isStandby()) {
            findings.add(Finding.fail(
                    "primary", "this is a standby, which takes no writes", "name the primary in database.url"));
        }
        if (!condition.isDurable()) {
            findings.add(Finding.fail(
                    "durability",
                    "fsync or full_page_writes is off: a crash loses acknowledged events",
                    "set both to on in postgresql.conf"));
        }
        if (!condition.encoding().equals("UTF8")) {
            findings.add(Finding.fail(
                    "encoding",
                    condition.encoding(),
                    "make a database with encoding UTF8: createdb -E UTF8 -T template0"));
        }
        if (!condition.mayCreate()) {
            findings.add(Finding.fail(
                    "rights",
                    "the user may not create a schema in this database",
                    "as its owner: grant create on database ... to the user of database.url"));
        }
        findings.add(connections(condition, 2 * config.postgres().poolSize() + CONNECTIONS_BESIDE));
        findings.add(locks(condition));
        if (config.postgres().url().isPresent() && config.secrets().key().isEmpty()) {
            findings.add(
                    Finding.warn(
                            "secrets.key",
                            "none: endpoints cannot be made, since nothing would seal their secrets",
                            "make one for all nodes: openssl rand -base64 32, and name its file in EVENTSYNC_SECRETS_KEY_FILE"));
        }
        return findings;
    }

    private static Finding connections(DatabaseCondition condition, int wanted) {
        int free = condition.connectionsMax() - condition.connections() + 1;
        String text = free + " of " + condition.connectionsMax() + " connections free, a node takes up to " + wanted;
        return free >= wanted
                ? Finding.ok("connections", text)
                : Finding.warn("connections", text, "raise max_connections of Postgres, or lower database.pool-size");
    }

    /** A statement that looks into all partitions locks each, and its index. */
    private static Finding locks(DatabaseCondition condition) {
        int wanted = condition.partitions() * LOCKS_PER_PARTITION;
        String text = "room for " + condition.locksMax() + " locks, " + condition.partitions() + " partitions";
        return condition.locksMax() >= wanted
                ? Finding.ok("locks", text)
                : Finding.warn(
                        "locks",
                        text + ": once there is no room, appends fail",
                        "raise max_locks_per_transaction of Postgres so that there is room for " + wanted
                                + ", or make larger partitions from now on (log.partition-events)");
    }

    static Finding clock(long databaseMicros, Instant own) {
        Duration apart = Duration.between(Instant.EPOCH.plus(databaseMicros, java.time.temporal.ChronoUnit.MICROS), own)
                .abs();
        String text = apart.toMillis() + " ms from the database's";
        String fix = "let both machines keep time: timedatectl set-ntp true";
        if (apart.compareTo(CLOCK_FAIL) >= 0) {
            return Finding.fail("clock", text + ": receivers refuse webhooks, tokens count as expired", fix);
        }
        return apart.compareTo(CLOCK_WARN) >= 0 ? Finding.warn("clock", text, fix) : Finding.ok("clock", text);
    }

    private static Future<Finding> migrations(Vertx vertx, Database database) {
        return database.verifyMigrations(vertx)
                .map(v -> Finding.ok("schema", "that of this server"))
                .otherwise(DatabaseChecks::schema);
    }

    static Finding schema(Throwable cause) {
        if (cause instanceof MigrationException e && e.reason() == MigrationException.Reason.PENDING) {
            return Finding.ok("schema", "older than this server, which brings it up to date when it starts");
        }
        return Finding.fail(
                "schema",
                String.valueOf(cause.getMessage()),
                cause instanceof MigrationException
                        ? "start the version that this schema is of; see docs/OPERATING.md, Upgrade"
                        : "let the user of database.url create and read the schema eventsync");
    }
}
