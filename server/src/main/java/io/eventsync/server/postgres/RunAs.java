package io.eventsync.server.postgres;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user Postgres runs as: ours, or, because it refuses root, another one when we are root.
 *
 * @param prefix what to put before a Postgres command
 * @param ownerUid who has to own the data folder
 */
record RunAs(List<String> prefix, int ownerUid) {
    private static final Logger LOG = LoggerFactory.getLogger(RunAs.class);
    private static final int ROOT = 0;

    /** By number, because the group is called nogroup on some systems and nobody on others. */
    private static final int NOBODY = 65534;

    private static final List<String> SETPRIV =
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
    private static final List<String> UNSHARE = List.of("unshare", "-U");

    static RunAs choose(Path home, Binaries binaries)
            throws IOException, EmbeddedPostgresException, InterruptedException {
        int uid = uid(Path.of("/proc/self"));
        return uid == ROOT ? instead(home, binaries) : plain(uid, home, binaries);
    }

    List<String> command(String... arguments) {
        return Stream.concat(prefix.stream(), Stream.of(arguments)).toList();
    }

    /** Root hands the tree over, its top last, so that a hand-over cut short is done again; others must own it already. */
    void own(Path tree) throws IOException, EmbeddedPostgresException {
        int owner = uid(tree);
        if (owner == ownerUid) {
            return;
        }
        if (uid(Path.of("/proc/self")) != ROOT) {
            throw new EmbeddedPostgresException("The folder " + tree + " belongs to user " + owner
                    + ", the server runs as user " + ownerUid + ". Run: sudo chown -R " + ownerUid + " " + tree);
        }
        giveAway(tree);
    }

    private static RunAs plain(int uid, Path home, Binaries binaries)
            throws IOException, EmbeddedPostgresException, InterruptedException {
        String problem = problem(List.of(), home, binaries);
        if (!problem.isEmpty()) {
            throw new EmbeddedPostgresException("The embedded PostgreSQL does not run here: " + problem
                    + ". It needs a Linux with glibc and a home folder that is not mounted noexec.");
        }
        return new RunAs(List.of(), uid);
    }

    private static RunAs instead(Path home, Binaries binaries)
            throws IOException, EmbeddedPostgresException, InterruptedException {
        String setpriv = problem(SETPRIV, home, binaries);
        if (setpriv.isEmpty()) {
            LOG.info("postgres runs as another user because the server is root uid={} via=setpriv", NOBODY);
            return new RunAs(SETPRIV, NOBODY);
        }
        String unshare = problem(UNSHARE, home, binaries);
        if (unshare.isEmpty()) {
            LOG.info(
                    "postgres runs in a user namespace because the server is root via=unshare setpriv=\"{}\"", setpriv);
            return new RunAs(UNSHARE, ROOT);
        }
        throw new EmbeddedPostgresException("The server runs as root, PostgreSQL refuses to, and both ways to give it"
                + " another user failed: setpriv (" + setpriv + "), unshare (" + unshare + "). Start the server as an"
                + " ordinary user, or let others pass the folders on the way to " + home + " (chmod o+x).");
    }

    /** Runs the program from inside the home, since Postgres must pass every folder on the way there. */
    private static String problem(List<String> prefix, Path home, Binaries binaries)
            throws IOException, InterruptedException {
        RunAs candidate = new RunAs(prefix, NOBODY);
        try {
            Command.Result result = Command.run(candidate.command(
                    "sh",
                    "-c",
                    "cd \"$1\" && exec \"$2\" --version",
                    "sh",
                    home.toString(),
                    binaries.program("postgres")));
            return result.isSuccess() ? "" : "exit code " + result.exitCode() + ": " + result.output();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void giveAway(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                chown(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                chown(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void chown(Path path) throws IOException {
        Files.setAttribute(path, "unix:gid", ownerUid, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:uid", ownerUid, LinkOption.NOFOLLOW_LINKS);
    }

    private static int uid(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid");
    }
}
