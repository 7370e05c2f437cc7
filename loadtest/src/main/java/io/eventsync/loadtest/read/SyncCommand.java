package io.eventsync.loadtest.read;

import io.eventsync.loadtest.DurationText;
import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.rpc.Connection;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "sync",
        mixinStandardHelpOptions = true,
        description = "Like subscribe, but by asking for page after page (Sync) with a long poll at the head.",
        footer = {"", "Example:", "  sync --out log.jsonl --cursor-file log.cursor --until-idle 2s"})
public final class SyncCommand implements Callable<Integer> {

    private static final Duration DEPLOY_MAX = Duration.ofSeconds(10);

    @Mixin
    ReadOptions options = new ReadOptions();

    @Option(
            names = "--wait",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "How long the server may hold a question at the head, up to 60s (default 5s).")
    Duration wait = Duration.ofSeconds(5);

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        Vertx vertx = Edge.vertx(1);
        try (OutFile file = OutFile.open(options.cursorFile, options.out)) {
            SyncLoop reader = new SyncLoop(
                    Connection.to(vertx, options.server.target()),
                    options.filter(),
                    file,
                    options.goal(),
                    wait.toMillis());
            Edge.awaitDone(vertx.deployVerticle(reader), DEPLOY_MAX);
            return ReadSession.await(options, file, reader.finished(), reader::finish, reader::reconnects, spec);
        } finally {
            Edge.close(vertx);
        }
    }
}
