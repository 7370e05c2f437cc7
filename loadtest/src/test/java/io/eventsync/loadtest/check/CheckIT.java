package io.eventsync.loadtest.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.loadtest.FakeServer;
import io.eventsync.loadtest.TestCli;
import io.eventsync.loadtest.history.Property;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckIT {

    private final TestCli cli = TestCli.start();

    @AfterEach
    void stop() {
        cli.close();
    }

    @Test
    void check_passes_whenTheServerBreaksAndKeepsItsPromises() throws IOException {
        cli.server().breakAt(100);

        TestCli.Outcome outcome = cli.run("check", "--duration", "2s", "--interrupt-every", "50ms", "--readers", "6");

        assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.result().get("acknowledged").asLong()).isGreaterThan(100);
        assertThat(outcome.result().get("reconnects").asLong()).isGreaterThan(6);
    }

    /** The negative control: a run against a server that breaks its word once, and the word for what it broke. */
    @ParameterizedTest
    @CsvSource({"LOSES, RELIABLE", "REPEATS, UNIQUE", "SWAPS, ORDERED", "FORGETS, DURABLE"})
    void check_fails_whenTheServerBreaksAPromiseOnce(FakeServer.Lie lie, Property broken) throws IOException {
        cli.server().lieOnce(lie);

        TestCli.Outcome outcome =
                cli.run("check", "--duration", "1s", "--interrupt-every", "1m", "--writers", "24", "--readers", "3");

        assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isEqualTo(1);
        assertThat(outcome.result().get("violations").toString()).contains(broken.name());
    }
}
