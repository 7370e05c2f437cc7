package io.eventsync.server.cli;

import io.eventsync.server.ServerConfig;
import io.eventsync.server.postgres.PostgresConfig;

/** The commands on the real parts. */
public final class ServerCommands implements Commands {
    @Override
    public int serve(ServerConfig config) {
        throw new UnsupportedOperationException("wired by the lead");
    }

    @Override
    public int migrateUp(PostgresConfig config) {
        throw new UnsupportedOperationException("wired by the lead");
    }

    @Override
    public int migrateStatus(PostgresConfig config) {
        throw new UnsupportedOperationException("wired by the lead");
    }

    @Override
    public int migrateVerify(PostgresConfig config) {
        throw new UnsupportedOperationException("wired by the lead");
    }
}
