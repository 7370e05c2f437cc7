package io.eventsync.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.loadtest.FakeServer;
import io.eventsync.loadtest.TestCli;
import io.eventsync.loadtest.TestCli.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that only pass bytes on stand for servers: they can be broken without a loss, and whoever loses does so by intention. */
class ChaosIT {

    private static final String FAULTS = "kill-server,freeze,net-reset,command";

    @TempDir
    Path folder;

    @Test
    void run_findsNothing_whenTheServersKeepTheirWord() throws IOException {
        try (TestCli cli = TestCli.start()) {
            Outcome outcome = run(
                    cli,
                    "--faults",
                    FAULTS,
                    "--fault-command",
                    "touch " + folder.resolve("broken"),
                    "--cycles",
                    "4",
                    "--endpoints",
                    "2");

            assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
            assertThat(outcome.result().path("verdict").asText()).isEqualTo("kept");
            assertThat(outcome.result().path("by_fault")).hasSize(4);
            assertThat(outcome.result().path("acknowledged").asLong()).isPositive();
            assertThat(outcome.result().path("lost").asLong()).isZero();
            assertThat(outcome.err()).contains("seed=3");
            assertThat(folder.resolve("broken")).exists();
        }
    }

    @Test
    void run_fails_whenAnAcknowledgedEventIsLost() throws IOException {
        try (TestCli cli = TestCli.start()) {
            cli.server().lieOnce(FakeServer.Lie.FORGETS);

            Outcome outcome = run(cli, "--faults", "net-reset", "--cycles", "1", "--endpoints", "0");

            assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isEqualTo(1);
            assertThat(outcome.result().path("verdict").asText()).isEqualTo("BROKEN");
            assertThat(outcome.result().path("lost").asLong()).isPositive();
            assertThat(Path.of(outcome.result().path("logs").asText())).isDirectory();
        }
    }

    @Test
    @Tag("long")
    void expectedLoss_isMissed_whenNothingIsLost() throws IOException {
        try (TestCli cli = TestCli.start()) {
            Outcome outcome = run(cli, "--faults", "net-reset", "--cycles", "1", "--endpoints", "0", "--expect-loss");

            assertThat(outcome.exitCode()).isEqualTo(1);
            assertThat(outcome.result().path("verdict").asText()).isEqualTo("NOT FOUND OUT");
        }
    }

    @Test
    @Tag("long")
    void expectedLoss_isNotFoundOut_whenAnEndpointMissesEventsAndGoesOn() throws IOException {
        try (TestCli cli = TestCli.start()) {
            cli.server().lieOnce(FakeServer.Lie.FORGETS);
            cli.server().loseDeliveries(1);

            Outcome outcome = run(cli, "--faults", "net-reset", "--cycles", "1", "--endpoints", "1", "--expect-loss");

            assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isEqualTo(1);
            assertThat(outcome.result().path("lost").asLong()).isPositive();
            assertThat(outcome.result().path("readers_not_told").toString()).contains("check-");
        }
    }

    @Test
    void options_areRefused_whenTheyContradictEachOther() throws IOException {
        assertThat(TestCli.plain("chaos", "--faults", "command").exitCode()).isEqualTo(2);
        assertThat(TestCli.plain("chaos", "--faults", "earthquake").exitCode()).isEqualTo(2);
        assertThat(TestCli.plain("chaos", "--nodes", "0").exitCode()).isEqualTo(2);
        assertThat(TestCli.plain("chaos", "--database-url", "postgresql://x", "--sabotage", "fsync")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void nothing_isTried_whenNoFaultIsPossible_andThatIsSaid() throws IOException {
        Outcome outcome = TestCli.plain("chaos", "--faults", "kill-postgres", "--database-url", "postgresql://x");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).contains("SKIPPED kill-postgres").contains("nothing was tried");
    }

    private Outcome run(TestCli cli, String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of("chaos", "--output", "json", "--seed", "3", "--nodes", "2"));
        all.addAll(List.of("--server-jar", FakeNode.jar(folder).toString(), "--heap", "64m", "--hold-max", "500ms"));
        all.addAll(List.of(
                "--server-option", "--target-port=" + cli.server().target().port()));
        all.addAll(List.of(
                "--database-url",
                "postgresql://nobody",
                "--work-dir",
                Files.createDirectories(folder.resolve("work")).toString()));
        all.addAll(List.of(args));
        return TestCli.plain(all.toArray(String[]::new));
    }
}
