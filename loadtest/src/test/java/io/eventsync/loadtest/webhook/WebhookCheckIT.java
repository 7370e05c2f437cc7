package io.eventsync.loadtest.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.loadtest.TestCli;
import io.eventsync.loadtest.TestProxy;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookCheckIT {

    private final TestCli cli = TestCli.start();

    @AfterEach
    void stop() {
        cli.close();
    }

    @Test
    void check_passes_whenEveryEventIsDelivered(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("events.jsonl"), """
                {"id":"a","tag":"ORDER.CREATED","payload":1}
                {"id":"b","tag":"ORDER.PAID","payload":2}
                {"id":"c","tag":"USER.LOGIN","payload":3}
                """);

        TestCli.Outcome outcome = cli.run(
                "check",
                "webhooks",
                "--file",
                file.toString(),
                "--repeat",
                "20",
                "--endpoints",
                "4",
                "--ordering",
                "ordered",
                "--work-dir",
                folder.toString());

        assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.result().get("events").asInt()).isEqualTo(60);
        assertThat(outcome.result().get("verdict").asText()).isEqualTo("kept");
    }

    @Test
    void check_fails_whenAnEventIsNotDelivered(@TempDir Path folder) throws IOException {
        cli.server().loseDeliveries(2);

        TestCli.Outcome outcome =
                cli.run("check", "webhooks", "--events", "100", "--endpoints", "3", "--work-dir", folder.toString());

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.result().get("lost").asInt()).isEqualTo(2);
        assertThat(outcome.result().get("violations").toString()).contains("LOST x 2");
    }

    @Test
    @Tag("long")
    void check_goesOn_whenTheServerIsKilled(@TempDir Path folder) throws IOException {
        int port = freePort();

        TestCli.Outcome outcome = TestCli.plain(
                "check",
                "webhooks",
                "--events",
                "600",
                "--endpoints",
                "3",
                "--kills",
                "2",
                "--nodes",
                "1",
                "--server-command",
                TestProxy.command(cli.server().target().port()),
                "--target",
                "127.0.0.1:" + port,
                "--work-dir",
                folder.toString());

        assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out()).containsPattern("kills +2").containsPattern("verdict +kept");
    }

    @Test
    void command_isRefused_whenItMakesNoSense() throws IOException {
        assertThat(TestCli.plain("check", "webhooks").exitCode()).isEqualTo(2);
        assertThat(TestCli.plain("check", "webhooks", "--events", "1", "--kills", "1")
                        .exitCode())
                .isEqualTo(2);
        assertThat(TestCli.plain("check", "webhooks", "--events", "1", "--ordering", "any")
                        .exitCode())
                .isEqualTo(2);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
