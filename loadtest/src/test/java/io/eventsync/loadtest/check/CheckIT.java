package io.eventsync.loadtest.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.loadtest.TestCli;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CheckIT {

    private final TestCli cli = TestCli.start();

    @AfterEach
    void stop() {
        cli.close();
    }

    @Test
    void check_passes_whenTheServerBreaksAndKeepsItsPromises() throws IOException {
        cli.server().breakAt(500);

        TestCli.Outcome outcome = cli.run("check", "--duration", "2s", "--interrupt-every", "50ms", "--readers", "6");

        assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.result().get("acknowledged").asLong()).isGreaterThan(500);
        assertThat(outcome.result().get("reconnects").asLong()).isGreaterThan(6);
    }
}
