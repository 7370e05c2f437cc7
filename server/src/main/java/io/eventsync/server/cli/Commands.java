package io.eventsync.server.cli;

import io.eventsync.server.ServerConfig;
import io.eventsync.server.postgres.PostgresConfig;

/** What the subcommands do. Each returns an {@link ExitCode}, and returns when its work is over. */
public interface Commands {
    /** Returns when the server has stopped. */
    int serve(ServerConfig config);

    /** Looks whether the server would work, and says what to do if not. */
    int doctor(ServerConfig config);

    int migrateUp(PostgresConfig config);

    int migrateStatus(PostgresConfig config);

    int migrateVerify(PostgresConfig config);
}
