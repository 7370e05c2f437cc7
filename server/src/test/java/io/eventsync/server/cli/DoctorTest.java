package io.eventsync.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.ServerConfig;
import io.eventsync.server.cli.Finding.Grade;
import io.eventsync.server.config.TestSettings;
import io.eventsync.server.postgres.DatabaseCondition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final DatabaseCondition WELL =
            new DatabaseCondition("18.6", false, true, "UTF8", 97, 3, 0, true, 6_400, 1_600);

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private int report(Finding... findings) {
        return Doctor.report(List.of(findings), new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    private static ServerConfig config(Map<String, String> flags) {
        return ServerConfig.from(TestSettings.load(ServerConfig.SETTINGS, flags));
    }

    private static List<Finding> of(DatabaseCondition condition, Map<String, String> flags) {
        return DatabaseChecks.of(condition, config(flags), Duration.ofMillis(3));
    }

    @Test
    void report_endsWell_unlessSomethingFails() {
        assertThat(report(Finding.ok("a", "fine"), Finding.warn("b", "so so", "do this")))
                .isEqualTo(ExitCode.OK);
        assertThat(report(Finding.fail("c", "broken", "do that"))).isEqualTo(ExitCode.UNFIT);

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .containsPattern("ok +a +fine")
                .containsPattern("WARN +b +so so\\s+fix: do this")
                .containsPattern("FAIL +c +broken\\s+fix: do that")
                .contains("1 to mend before it works, 0 to mend for it to work well");
    }

    @Test
    void everyFindingThatIsNotOk_saysWhatToDo() {
        DatabaseCondition ill = new DatabaseCondition("14.1", true, false, "SQL_ASCII", 10, 9, 0, false, 6_400, 1_601);

        assertThat(of(ill, Map.of("database-url", "postgres://db/x")))
                .filteredOn(f -> f.grade() != Grade.OK)
                .hasSize(7)
                .noneMatch(f -> f.fix().isEmpty());
        assertThat(of(WELL, Map.of())).allMatch(f -> f.grade() == Grade.OK);
    }

    @Test
    void machine_isHeldToWhatAServerNeeds() {
        assertThat(MachineChecks.java(16).grade()).isEqualTo(Grade.FAIL);
        assertThat(MachineChecks.java(17).grade()).isEqualTo(Grade.OK);
        assertThat(MachineChecks.heap(MachineChecks.HEAP_BYTES_MIN - 1).grade()).isEqualTo(Grade.WARN);
        assertThat(MachineChecks.heap(MachineChecks.HEAP_BYTES_MIN).grade()).isEqualTo(Grade.OK);
        assertThat(MachineChecks.openFiles(1_024, 10_000).grade()).isEqualTo(Grade.WARN);
        assertThat(MachineChecks.openFiles(65_536, 10_000).grade()).isEqualTo(Grade.OK);
    }

    @Test
    void port_fails_whileItIsTaken() throws IOException {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
            Finding finding = MachineChecks.port("port", "127.0.0.1", port, "--server-port");

            assertThat(finding.grade()).isEqualTo(Grade.FAIL);
            assertThat(finding.fix()).contains("--server-port", String.valueOf(port));
        }
        assertThat(MachineChecks.port("port", "127.0.0.1", 0, "--server-port").grade())
                .isEqualTo(Grade.OK);
        assertThat(MachineChecks.port("port", "192.0.2.1", 0, "--server-port").grade())
                .isEqualTo(Grade.FAIL);
    }

    @Test
    void clock_mayBeALittleWrong() {
        long micros = NOW.getEpochSecond() * 1_000_000L;

        assertThat(DatabaseChecks.clock(micros, NOW.plusMillis(1_999)).grade()).isEqualTo(Grade.OK);
        assertThat(DatabaseChecks.clock(micros, NOW.minusMillis(2_000)).grade()).isEqualTo(Grade.WARN);
        assertThat(DatabaseChecks.clock(micros, NOW.plusSeconds(300)).grade()).isEqualTo(Grade.FAIL);
    }

    @Test
    void data_isWhereItCanBeMade(@TempDir Path folder) throws IOException {
        assertThat(MachineChecks.folder(folder.resolve("a/b")).text()).startsWith(folder.resolve("a/b") + ", ");
        assertThat(MachineChecks.folder(Files.writeString(folder.resolve("file"), "x"))
                        .grade())
                .isEqualTo(Grade.FAIL);
    }

    @Test
    void certificate_mustBeOne(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("cert.pem"), "nonsense");

        assertThat(MachineChecks.certificate(file, NOW).grade()).isEqualTo(Grade.FAIL);
    }
}
