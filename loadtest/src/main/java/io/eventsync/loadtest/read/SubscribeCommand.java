package io.eventsync.loadtest.read;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.rpc.Connection;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "subscribe",
        mixinStandardHelpOptions = true,
        description =
                "Writes a live stream of events to a file, first what the log has. A line is {position,id,tag,…} with the"
                        + " payload as the string json or as base64 data. Survives restarts of the server and of itself without"
                        + " writing an event twice.",
        footer = {
            "",
            "Examples:",
            "  subscribe --prefix DATABASE --out db.jsonl --cursor-file db.cursor",
            "  subscribe --until-idle 2s | jq -r .tag | sort | uniq -c"
        })
public final class SubscribeCommand implements Callable<Integer> {

    private static final Duration DEPLOY_MAX = Duration.ofSeconds(10);

    @Mixin
    ReadOptions options = new ReadOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        Vertx vertx = Edge.vertx(1);
        try (OutFile file = OutFile.open(options.cursorFile, options.out)) {
            SubscribeReader reader = new SubscribeReader(
                    Connection.to(vertx, options.server.target()), options.filter(), file, options.goal());
            Edge.awaitDone(vertx.deployVerticle(reader), DEPLOY_MAX);
            return ReadSession.await(options, file, reader.finished(), reader::finish, reader::reconnects, spec);
        } finally {
            Edge.close(vertx);
        }
    }
}
