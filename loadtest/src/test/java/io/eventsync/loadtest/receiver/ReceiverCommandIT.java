package io.eventsync.loadtest.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.loadtest.TestCli;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ReceiverCommandIT {

    @Test
    void receiver_printsItsUrlFirstAndItsJournalLast() throws IOException {
        TestCli.Outcome outcome = TestCli.plain(
                "receiver",
                "--port",
                "0",
                "--mode",
                "a=fail:5",
                "--mode",
                "b=redirect:http://127.0.0.1:1/x?y=z",
                "--secret",
                "a=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "--duration",
                "1ms",
                "--output",
                "json");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out().lines().findFirst().orElseThrow()).matches("http://127\\.0\\.0\\.1:\\d+");
        assertThat(outcome.out()).contains("\"mode\":\"fail:5\"");
        assertThat(outcome.result().get("mode").asText()).isEqualTo("redirect:http://127.0.0.1:1/x?y=z");
    }

    @Test
    void receiver_namesTheModes_whenThereIsNoSuch() throws IOException {
        TestCli.Outcome outcome = TestCli.plain("receiver", "--mode", "a=nope");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("gzip-bomb");
    }

    @Test
    void help_namesEveryMode() throws IOException {
        String help = TestCli.plain("receiver", "--help").out();

        assertThat(help).contains(ModeForms.listed().split(", "));
    }
}
