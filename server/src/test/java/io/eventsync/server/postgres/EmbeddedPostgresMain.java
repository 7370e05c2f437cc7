package io.eventsync.server.postgres;

import java.nio.file.Path;

/** A server process for the tests to kill: starts Postgres on the home it is given, says so, and waits. */
final class EmbeddedPostgresMain {
    static final String READY = "READY ";
    static final String REFUSED = "REFUSED ";

    private EmbeddedPostgresMain() {}

    public static void main(String[] arguments) throws Exception {
        try {
            EmbeddedPostgres postgres = EmbeddedPostgres.start(
                    EmbeddedPostgresConfig.at(Path.of(arguments[0])).withSharedBuffersMegabytes(16));
            System.out.println(READY + postgres.psqlHint("postgres"));
            Thread.currentThread().join();
        } catch (EmbeddedPostgresException e) {
            System.out.println(REFUSED + e.getMessage());
            System.exit(2);
        }
    }
}
