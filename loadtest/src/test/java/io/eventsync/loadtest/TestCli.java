package io.eventsync.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** A fake server and the command line that is pointed at it. */
public final class TestCli implements AutoCloseable {

    private static final Duration START_MAX = Duration.ofSeconds(10);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Vertx vertx = Edge.vertx(1);
    private final FakeServer server = new FakeServer();

    private TestCli() {}

    public static TestCli start() {
        TestCli cli = new TestCli();
        Edge.awaitDone(cli.vertx.deployVerticle(cli.server), START_MAX);
        return cli;
    }

    public FakeServer server() {
        return server;
    }

    /** Runs a command with --target and --output json added; the last line it prints is its result. */
    public Outcome run(String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--target", server.target().toString(), "--output", "json"));
        return plain(all.toArray(String[]::new));
    }

    /** A bench that lasts about a second, which must succeed. */
    public Outcome measure(String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--warmup", "200ms", "--duration", "1s"));
        Outcome outcome = run(all.toArray(String[]::new));
        assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
        return outcome;
    }

    public static Outcome plain(String... args) throws IOException {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        int exitCode = commandLine.execute(args);
        String[] lines = out.toString().strip().split("\n", -1);
        String last = lines[lines.length - 1];
        JsonNode result = last.startsWith("{") ? MAPPER.readTree(last) : MAPPER.createObjectNode();
        return new Outcome(exitCode, result, out.toString(), err.toString());
    }

    @Override
    public void close() {
        Edge.close(vertx);
    }

    public record Outcome(int exitCode, JsonNode result, String out, String err) {
        /** Every result that was printed. */
        public List<JsonNode> results() throws IOException {
            List<JsonNode> results = new ArrayList<>();
            for (String line : out.strip().split("\n", -1)) {
                results.add(MAPPER.readTree(line));
            }
            return results;
        }
    }
}
