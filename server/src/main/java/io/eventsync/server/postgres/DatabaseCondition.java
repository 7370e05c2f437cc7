package io.eventsync.server.postgres;

/**
 * How a database is set up.
 *
 * @param isStandby it takes no writes
 * @param isDurable what it confirms survives a crash
 * @param connectionsMax for users who are not superusers
 * @param connections in use, the asking one among them
 * @param micros its clock, since 1970
 * @param mayCreate whether the user may make a schema
 * @param locksMax that all sessions may hold together
 * @param partitions tables of the log and of the audit that are parts of others
 */
public record DatabaseCondition(
        String version,
        boolean isStandby,
        boolean isDurable,
        String encoding,
        int connectionsMax,
        int connections,
        long micros,
        boolean mayCreate,
        int locksMax,
        int partitions) {}
