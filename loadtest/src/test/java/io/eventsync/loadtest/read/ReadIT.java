package io.eventsync.loadtest.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.eventsync.loadtest.TestCli;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadIT {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final TestCli cli = TestCli.start();

    @TempDir
    Path folder;

    @BeforeEach
    void fill() throws IOException {
        assertThat(cli.run("replay", "--sample", "2000").exitCode()).isZero();
    }

    @AfterEach
    void stop() {
        cli.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"subscribe", "sync"})
    void read_writesEveryEventOnce_whenItDiedBetweenEventsAndCursor(String command) throws IOException {
        assertThat(read(command, "--until-events", "500").exitCode()).isZero();
        List<String> before = Files.readAllLines(out());
        Files.writeString(out(), "{\"position\":501,\"half a li", StandardOpenOption.APPEND);

        TestCli.Outcome outcome = read(command, "--until-idle", "200ms");

        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.result().get("events").asLong()).isEqualTo(2_000 - before.size());
        assertThat(positions())
                .isEqualTo(LongStream.rangeClosed(1, 2_000).boxed().collect(Collectors.toList()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"subscribe", "sync"})
    void read_reconnects_whenTheServerBreaks(String command) throws Exception {
        cli.server().breakAt(3_000);
        Thread writer = new Thread(() -> run("replay", "--sample", "2000", "--seed", "2", "--rate", "4000"));
        writer.start();

        TestCli.Outcome outcome = read(command, "--until-events", "4000", "--max-seconds", "30s");
        writer.join();

        assertThat(outcome.exitCode()).as(outcome.out()).isZero();
        assertThat(outcome.result().get("reconnects").asLong()).isPositive();
        assertThat(positions())
                .isEqualTo(LongStream.rangeClosed(1, 4_000).boxed().collect(Collectors.toList()));
    }

    @Test
    void subscribe_writesOnlyMatchingTags_whenPrefixesAreGiven() throws IOException {
        assertThat(read("subscribe", "--prefix", "USER.LOGIN", "--prefix", "SENSOR", "--until-idle", "200ms")
                        .exitCode())
                .isZero();

        assertThat(Files.readAllLines(out()))
                .isNotEmpty()
                .allMatch(line -> line.contains("\"tag\":\"USER.LOGIN") || line.contains("\"tag\":\"SENSOR."));
    }

    @Test
    void read_fails_whenTheOutFileLostWhatTheCursorSpeaksFor() throws IOException {
        assertThat(read("sync", "--until-idle", "1s").exitCode()).isZero();
        Files.writeString(out(), "");

        TestCli.Outcome outcome = read("sync", "--until-idle", "1s");

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("is shorter than");
    }

    @Test
    void replay_takesWhatSyncWrote() throws IOException {
        assertThat(read("sync", "--until-idle", "1s").exitCode()).isZero();

        TestCli.Outcome outcome = cli.run("replay", "--file", out().toString());

        assertThat(outcome.result().get("deduplicated").asLong()).isEqualTo(2_000);
    }

    private Path out() {
        return folder.resolve("out.jsonl");
    }

    private List<Long> positions() throws IOException {
        List<Long> positions = new ArrayList<>();
        for (String line : Files.readAllLines(out())) {
            positions.add(MAPPER.readTree(line).get("position").asLong());
        }
        return positions;
    }

    private TestCli.Outcome read(String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of(
                "--out",
                out().toString(),
                "--cursor-file",
                folder.resolve("cursor").toString()));
        return cli.run(all.toArray(String[]::new));
    }

    private void run(String... args) {
        try {
            assertThat(cli.run(args).exitCode()).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
