package io.eventsync.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedPostgresIT {
    private static final Path HOMES = Path.of("target", "embedded-postgres").toAbsolutePath();
    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");

    private static final String USED = "used";

    private final TestSql sql = new TestSql();

    @BeforeAll
    void removeOldHomes() throws Exception {
        Folders.delete(HOMES);
        Folders.create(HOMES, "rwxr-xr-x");
        assertThat(Binaries.unpackInto(HOMES).program("postgres")).startsWith(HOMES.toString());
        EmbeddedPostgres.start(small(home(USED))).close();
    }

    @AfterAll
    void closeSql() {
        sql.close();
    }

    @Test
    void firstStart_servesADurableDatabase_whenHomeIsEmpty() throws Exception {
        Path home = HOMES.resolve("first");

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(small(home))) {
            PgConnectOptions database = postgres.connectOptions(EmbeddedPostgres.DATABASE);
            assertThat(sql.query(database, "show server_version")).containsExactly("18.6");
            assertThat(sql.query(database, "show server_encoding")).containsExactly("UTF8");
            assertThat(sql.query(database, "show data_checksums")).containsExactly("on");
            for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
                assertThat(sql.query(database, "show " + setting)).as(setting).containsExactly("on");
            }
            assertThat(sql.query(database, "show listen_addresses")).containsExactly("");
            assertThat(permissions(home.resolve("data"))).isEqualTo("rwx------");
            assertThat(permissions(home.resolve("socket"))).isEqualTo("rwx------");
            assertThat(permissions(home.resolve("postgres.log"))).isEqualTo("rw-------");
            assertThat(postgres.isUp()).isTrue();
        }

        assertThat(logOf(home)).contains("received fast shutdown request", "database system is shut down");
    }

    @Test
    void psqlHint_reachesTheDatabase_whenPastedIntoAShell() throws Exception {
        assumeThat(Command.run(List.of("sh", "-c", "command -v psql")).isSuccess())
                .as("psql is installed")
                .isTrue();
        Path home = usedHome("it's a home");

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(small(home))) {
            String command = postgres.psqlHint(EmbeddedPostgres.DATABASE) + " -Atc 'select 41 + 1'";
            assertThat(Command.run(List.of("sh", "-c", command)).output()).isEqualTo("42");
        }
    }

    @Test
    void restart_keepsData_whenStoppedBefore() throws Exception {
        Path home = usedHome("restart");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(small(home))) {
            writeNote(postgres);
        }

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(small(home))) {
            assertThat(notes(postgres)).containsExactly("kept");
        }
    }

    @Test
    void secondStart_isRefused_whenHomeIsInUse() throws Exception {
        Path home = usedHome("in-use");

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(small(home))) {
            for (int attempt = 1; attempt <= 2; attempt++) {
                assertThatThrownBy(() -> EmbeddedPostgres.start(small(home)))
                        .isInstanceOf(EmbeddedPostgresException.class)
                        .hasMessageContaining(home.toString())
                        .hasMessageContaining("in use by another EventSync server");
                try (ChildServer child = ChildServer.start(home)) {
                    assertThat(child.answer())
                            .startsWith(EmbeddedPostgresMain.REFUSED)
                            .contains(
                                    home.toString(),
                                    "process " + ProcessHandle.current().pid());
                }
            }
            assertThat(postgres.isUp()).isTrue();
        }
    }

    @Test
    void postmaster_isBroughtUpAgain_whenKilled() throws Exception {
        Path home = usedHome("postmaster-killed");

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(small(home))) {
            writeNote(postgres);
            for (int kills = 1; kills <= 2; kills++) {
                int expected = kills;
                Leftover.signal(postmaster(home), "KILL");
                await().atMost(Duration.ofSeconds(30)).until(() -> postgres.restarts() == expected && postgres.isUp());
                assertThat(notes(postgres)).containsExactly("kept");
            }
        }
    }

    @Test
    void postgres_stopsCleanly_whenJvmIsKilled() throws Exception {
        Path home = usedHome("jvm-killed");
        long postmaster;
        try (ChildServer child = ChildServer.start(home)) {
            assertThat(child.answer()).startsWith(EmbeddedPostgresMain.READY);
            postmaster = postmaster(home);
            child.kill();
        }

        await().atMost(Duration.ofSeconds(10)).until(() -> !isRunning(postmaster));
        assertThat(logOf(home)).contains("received fast shutdown request", "database system is shut down");
        assertThat(PostmasterPid.in(home.resolve("data"))).doesNotExist();
    }

    @Test
    void leftover_isStopped_whenItOutlivedItsServer() throws Exception {
        Path home = usedHome("leftover");
        long orphan;
        try (ChildServer child = ChildServer.start(home)) {
            assertThat(child.answer()).startsWith(EmbeddedPostgresMain.READY);
            orphan = postmaster(home);
            child.freeze();
            killGuardOf(orphan);
            child.kill();
        }
        assertThat(isRunning(orphan)).isTrue();

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(small(home))) {
            assertThat(isRunning(orphan)).isFalse();
            assertThat(postmaster(home)).isNotEqualTo(orphan);
            writeNote(postgres);
        }
    }

    @Test
    void start_recovers_whenEverythingWasKilledAtOnce() throws Exception {
        Path home = usedHome("all-killed");
        try (ChildServer child = ChildServer.start(home)) {
            assertThat(child.answer()).startsWith(EmbeddedPostgresMain.READY);
            long postmaster = postmaster(home);
            child.freeze();
            killGuardOf(postmaster);
            Leftover.signal(postmaster, "KILL");
            child.kill();
        }

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(small(home))) {
            writeNote(postgres);
            assertThat(logOf(home)).contains("database system was not properly shut down");
        }
    }

    @Test
    void start_ignoresAPidFile_whenItsNumberBelongsToSomebodyElse() throws Exception {
        Path home = usedHome("recycled-number");
        EmbeddedPostgres.start(small(home)).close();
        Process stranger = stranger();
        try {
            Path data = home.resolve("data");
            String content = stranger.pid() + "\n" + data + "\n1\n5432\n\n\n  1  1\nready\n";
            Files.writeString(PostmasterPid.in(data), content);

            try (EmbeddedPostgres postgres = EmbeddedPostgres.start(small(home))) {
                assertThat(postmaster(home)).isNotEqualTo(stranger.pid());
                writeNote(postgres);
            }
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void tcp_asksForThePassword_whenAskedFor() throws Exception {
        Path home = usedHome("tcp");
        for (int start = 1; start <= 2; start++) {
            try (EmbeddedPostgres postgres = EmbeddedPostgres.start(small(home).withTcp(true))) {
                PgConnectOptions tcp =
                        postgres.tcpConnectOptions(EmbeddedPostgres.DATABASE).orElseThrow();

                assertThat(sql.query(tcp, "select 1")).containsExactly("1");
                assertThat(sql.query(postgres.connectOptions(EmbeddedPostgres.DATABASE), "select 1"))
                        .containsExactly("1");
                PgConnectOptions wrong = new PgConnectOptions(tcp).setPassword("wrong");
                assertThatThrownBy(() -> sql.query(wrong, "select 1"))
                        .isInstanceOf(PgException.class)
                        .hasMessageContaining("password");
                assertThat(permissions(home.resolve("password"))).isEqualTo("rw-------");
            }
        }
    }

    @Test
    void socket_movesOutOfTheHome_whenItsPathIsTooLong() throws Exception {
        Path home = usedHome("a".repeat(60) + "/" + "b".repeat(60));

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(small(home))) {
            writeNote(postgres);
            assertThat(notes(postgres)).containsExactly("kept");
        }
    }

    @Test
    void start_isRefused_whenAnotherMajorWroteTheData() throws Exception {
        Path home = usedHome("other-major");
        EmbeddedPostgres.start(small(home)).close();
        Files.writeString(home.resolve("data/PG_VERSION"), "17\n");

        assertThatThrownBy(() -> EmbeddedPostgres.start(small(home)))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("written by PostgreSQL 17")
                .hasMessageContaining("this server carries 18");
    }

    @Test
    void start_saysWhy_whenPostgresRefusesASetting() throws Exception {
        Path home = usedHome("bad-setting");

        assertThatThrownBy(() -> EmbeddedPostgres.start(small(home), Map.of("max_connections", "many")))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("max_connections")
                .hasMessageContaining("postgres.log");
    }

    @Test
    void start_initialisesAgain_whenInitdbWasCutShort() throws Exception {
        Path home = home("initdb-cut");
        Files.createDirectories(home.resolve("data.new/base"));
        Files.writeString(home.resolve("data.new/PG_VERSION"), "18\n");

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(small(home))) {
            writeNote(postgres);
            assertThat(home.resolve("data.new")).doesNotExist();
        }
    }

    @Test
    void root_switchesBetweenBothWays_whenTheFoldersAboveOpen() throws Exception {
        assumeRoot();
        assumeThat(Command.run(List.of("unshare", "-U", "true")).isSuccess())
                .as("unshare works")
                .isTrue();
        Path closed = HOMES.resolve("closed");
        Folders.create(closed, "rwx------");
        Path home = home("closed/home");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(small(home))) {
            writeNote(postgres);
            assertThat(owner(home.resolve("data/base"))).isEqualTo(0);
        }
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx--x--x"));

        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(small(home))) {
            assertThat(notes(postgres)).containsExactly("kept");
            assertThat(owner(home.resolve("data/base"))).isEqualTo(65534);
        }
    }

    @Test
    void ordinaryUser_startsPlainly_andIsRefusedSomebodyElsesData() throws Exception {
        assumeRoot();
        String classPath = readableClassPath();
        Path home = home("ordinary");
        new RunAs(AS_NOBODY, 65534).own(home);

        try (ChildServer child = ChildServer.start(AS_NOBODY, classPath, home)) {
            assumeThat(child.answer()).as("this build can be read by others").doesNotContain("ClassNotFound");
            assertThat(child.answer()).startsWith(EmbeddedPostgresMain.READY);
            assertThat(owner(home.resolve("data/base"))).isEqualTo(65534);
        }
        await().until(() -> !Files.exists(PostmasterPid.in(home.resolve("data"))));
        Files.setAttribute(home.resolve("data"), "unix:uid", 0);
        Files.setPosixFilePermissions(home.resolve("data"), PosixFilePermissions.fromString("rwxr-xr-x"));
        try (ChildServer child = ChildServer.start(AS_NOBODY, classPath, home)) {
            assertThat(child.answer()).startsWith(EmbeddedPostgresMain.REFUSED).contains("belongs to user 0", "chown");
        }
    }

    private static EmbeddedPostgresConfig small(Path home) {
        return EmbeddedPostgresConfig.at(home).withSharedBuffersMegabytes(16);
    }

    /** A new home on binaries unpacked once for all of them. */
    private static Path home(String name) throws IOException {
        Path home = HOMES.resolve(name);
        Folders.create(home, "rwx--x--x");
        try (DirectoryStream<Path> unpacked = Files.newDirectoryStream(HOMES, "pg-*")) {
            for (Path binaries : unpacked) {
                Files.createSymbolicLink(home.resolve(binaries.getFileName()), binaries);
            }
        }
        return home;
    }

    /** A home that has been started and stopped before, which takes a fraction of what making its cluster does. */
    private static Path usedHome(String name) throws Exception {
        Path home = home(name);
        List<String> copy =
                List.of("cp", "-a", HOMES.resolve(USED).resolve("data").toString(), home.toString());
        assertThat(Command.run(copy).isSuccess()).isTrue();
        return home;
    }

    private void writeNote(EmbeddedPostgres postgres) {
        sql.execute(postgres.connectOptions(EmbeddedPostgres.DATABASE), """
                create table note (body text not null);
                insert into note values ('kept');
                """);
    }

    private List<String> notes(EmbeddedPostgres postgres) {
        return sql.query(postgres.connectOptions(EmbeddedPostgres.DATABASE), "select body from note");
    }

    private static long postmaster(Path home) throws IOException {
        return PostmasterPid.read(home.resolve("data")).orElseThrow().pid();
    }

    /** The shell and its reader, so that nobody is left to stop the postmaster. */
    private static void killGuardOf(long postmaster) {
        ProcessHandle shell =
                ProcessHandle.of(postmaster).orElseThrow().parent().orElseThrow();
        shell.children().filter(child -> child.pid() != postmaster).forEach(ProcessHandle::destroyForcibly);
        shell.destroyForcibly();
        await().until(() -> ProcessHandle.of(postmaster)
                        .orElseThrow()
                        .parent()
                        .orElseThrow()
                        .pid()
                != shell.pid());
    }

    /** Not through ProcessHandle, which counts a process nobody has waited for yet as alive. */
    private static boolean isRunning(long pid) {
        return Files.exists(Path.of("/proc", Long.toString(pid), "exe"));
    }

    /** A process of the user Postgres runs as, since Postgres itself sees through the number of any other's. */
    private static Process stranger() throws IOException {
        List<String> prefix = owner(Path.of("/proc/self")) == 0 ? AS_NOBODY : List.of();
        return new ProcessBuilder(new RunAs(prefix, 0).command("sleep", "600")).start();
    }

    private static void assumeRoot() throws IOException {
        assumeThat(owner(Path.of("/proc/self"))).as("the tests run as root").isEqualTo(0);
    }

    private static String readableClassPath() throws IOException {
        Path copies = HOMES.resolve("class-path");
        Folders.create(copies, "rwxr-xr-x");
        List<String> entries = new ArrayList<>();
        for (String entry : ChildServer.classPath().split(":", -1)) {
            Path file = Path.of(entry);
            if (Files.isRegularFile(file)) {
                file = Files.copy(file, copies.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            }
            entries.add(file.toString());
        }
        return String.join(":", entries);
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static int owner(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    private static String logOf(Path home) throws IOException {
        return Files.readString(home.resolve("postgres.log"));
    }
}
