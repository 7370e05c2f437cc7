package io.eventsync.server.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The 0700 folder of the unix socket: who can enter it is the superuser of the database. */
record SocketFolder(Path path, boolean isTemporary) {
    /** The kernel's limit on a socket's path. */
    private static final int PATH_BYTES_MAX = 107;

    private static final String LONGEST_NAME = "/.s.PGSQL.65535";

    static SocketFolder prepare(Path home, RunAs runAs) throws IOException, EmbeddedPostgresException {
        Path inHome = home.resolve("socket");
        SocketFolder folder = fits(inHome)
                ? new SocketFolder(inHome, false)
                : new SocketFolder(Files.createTempDirectory("eventsync"), true);
        Folders.create(folder.path, "rwx------");
        runAs.own(folder.path);
        return folder;
    }

    /** We hold the home's lock, so whatever is here was left by a Postgres that was killed. */
    void clear() throws IOException {
        try (DirectoryStream<Path> sockets = Files.newDirectoryStream(path, ".s.PGSQL.*")) {
            for (Path socket : sockets) {
                Files.deleteIfExists(socket);
            }
        }
    }

    void close() throws IOException {
        if (isTemporary) {
            Folders.delete(path);
        }
    }

    private static boolean fits(Path folder) {
        return (folder + LONGEST_NAME).getBytes(StandardCharsets.UTF_8).length <= PATH_BYTES_MAX;
    }
}
