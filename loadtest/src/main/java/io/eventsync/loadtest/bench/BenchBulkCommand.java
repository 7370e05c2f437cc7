package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.DurationText;
import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import io.eventsync.loadtest.OutputOption;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "bulk",
        mixinStandardHelpOptions = true,
        description =
                "The same rows straight into Postgres: inserts of unnested arrays into a scratch table, which is dropped"
                        + " in the end. What the database alone does on this machine.",
        footer = {
            "",
            "Examples:",
            "  bench bulk --database-url postgresql://postgres@localhost:5432/postgres",
            "  bench bulk --database-url 'postgresql://postgres@%%2Fvar%%2Frun%%2Fpostgresql/postgres' --in-flight 2"
        })
final class BenchBulkCommand implements Callable<Integer> {

    @Option(
            names = "--database-url",
            required = true,
            paramLabel = "URL",
            description =
                    "postgresql://user:password@host:port/database; for a unix socket put its percent-encoded folder in"
                            + " place of the host, or add ?host=FOLDER.")
    String databaseUrl = "";

    @Option(names = "--rows", paramLabel = "N", description = "Rows a statement (default 1000).")
    int rows = 1_000;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            description = "Connections, one statement in flight each (default 2).")
    int inFlight = 2;

    @Option(names = "--size", paramLabel = "BYTES", description = "Bytes of the JSON payload of a row (default 256).")
    int size = 256;

    @Option(
            names = "--warmup",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "Load before measuring (default 2s).")
    Duration warmup = Duration.ofSeconds(2);

    @Option(
            names = "--duration",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "How long to measure (default 10s).")
    Duration duration = Duration.ofSeconds(10);

    @Mixin
    OutputOption output = new OutputOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PgConnectOptions database = DatabaseUrl.parse(databaseUrl);
        Vertx vertx = Edge.vertx(1);
        BulkRun run = new BulkRun(vertx, database, rows, inFlight, size);
        try (Interruption interruption = Interruption.stopping(run::stop)) {
            Map<String, Object> result = run.measure(warmup, duration);
            output.print(result, spec.commandLine().getOut());
            return BenchLoad.exitCode(result);
        } finally {
            Edge.close(vertx);
        }
    }
}
