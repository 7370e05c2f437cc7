package io.eventsync.loadtest.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.TestCli;
import io.eventsync.v1.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayIT {

    private final TestCli cli = TestCli.start();

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        cli.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"unary", "batch", "stream"})
    void replay_sendsOriginalBytesInOrder(String mode) throws IOException {
        List<String> lines = IntStream.range(0, 500)
                .mapToObj(n -> "{\"id\":\"e" + n + "\",\"tag\":\"A.B\",\"payload\": { \"n\" :  " + n + ".0 } }")
                .collect(Collectors.toList());
        Path file = Files.write(folder.resolve("events.jsonl"), lines);

        TestCli.Outcome outcome = cli.run("replay", "--file", file.toString(), "--mode", mode, "--batch", "7");

        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.result().get("acknowledged").asLong()).isEqualTo(500);
        assertThat(stored())
                .extracting(Event::getJson)
                .containsExactlyElementsOf(IntStream.range(0, 500)
                        .mapToObj(n -> "{ \"n\" :  " + n + ".0 }")
                        .collect(Collectors.toList()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unary", "batch", "stream"})
    void replay_storesEachEventOnce_whenTheServerBreaksMeanwhile(String mode) throws IOException {
        cli.server().breakAt(1_000);

        TestCli.Outcome outcome =
                cli.run("replay", "--sample", "3000", "--mode", mode, "--batch", "10", "--in-flight", "8");

        assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.result().get("acknowledged").asLong()).isEqualTo(3_000);
        assertThat(outcome.result().get("deduplicated").asLong()).isPositive();
        assertThat(stored()).hasSize(3_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unary", "batch", "stream"})
    void replay_leavesOutOnlyTheBadOnes_whenSomeAreRefused(String mode) throws IOException {
        Path file = Files.write(
                folder.resolve("events.jsonl"),
                List.of(
                        "{\"id\":\"1\",\"tag\":\"A\",\"payload\":1}",
                        "{\"id\":\"2\",\"tag\":\"A B\",\"payload\":1}",
                        "not json",
                        "{\"id\":\"1\",\"tag\":\"A\",\"payload\":2}",
                        "{\"id\":\"3\",\"tag\":\"A\",\"payload\":1}"));

        TestCli.Outcome outcome = cli.run("replay", "--file", file.toString(), "--mode", mode);

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.result().get("acknowledged").asLong()).isEqualTo(2);
        assertThat(outcome.result().get("rejected_by_reason"))
                .hasToString("{\"EVENT_ID_REUSED\":1,\"FIELD_INVALID\":1,\"LINE_UNREADABLE\":1}");
        assertThat(stored()).extracting(Event::getId).containsExactly("1", "3");
    }

    @Test
    void replay_countsDuplicates_whenRunTwice() throws IOException {
        TestCli.Outcome first = cli.run("replay", "--sample", "100");
        TestCli.Outcome second = cli.run("replay", "--sample", "100");

        assertThat(first.result().get("deduplicated").asLong()).isZero();
        assertThat(second.result().get("deduplicated").asLong()).isEqualTo(100);
    }

    @Test
    void replay_saysSo_whenTheFileDoesNotExist() throws IOException {
        TestCli.Outcome outcome =
                cli.run("replay", "--file", folder.resolve("none.jsonl").toString());

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("There is no file").contains("none.jsonl");
    }

    @Test
    void replay_givesUp_whenNobodyListens() throws IOException {
        TestCli.Outcome outcome = TestCli.plain(
                "replay",
                "--sample",
                "1000",
                "--target",
                "127.0.0.1:1",
                "--give-up-after",
                "300ms",
                "--output",
                "json");

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.result()
                        .get("rejected_by_reason")
                        .get("CONNECTION_LOST")
                        .asLong())
                .isPositive();
    }

    private List<Event> stored() {
        return Edge.await(cli.server().events(), Duration.ofSeconds(5));
    }
}
