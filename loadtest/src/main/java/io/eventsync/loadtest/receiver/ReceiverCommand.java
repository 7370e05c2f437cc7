package io.eventsync.loadtest.receiver;

import io.eventsync.loadtest.DurationText;
import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import io.eventsync.loadtest.OutputOption;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "receiver",
        mixinStandardHelpOptions = true,
        description =
                "Receives webhooks and misbehaves as told. Prints its base URL; POST to /hook/NAME, any NAME. Keeps a journal"
                        + " of duplicates, changed bodies, inversions and gaps, and prints it at the end.",
        footer = {
            "",
            "Modes, by --mode, by ?mode= in the URL, or while it runs by PUT /control/NAME",
            "with {\"mode\":\"...\",\"secret\":\"...\"}:",
            "  ok, status:<code>, throttle:<seconds>, gone, no-retry, redirect:<location>,",
            "  slow:<millis>                           one answer for all",
            "  hang, close, reset, garbage, trickle    no whole answer",
            "  huge, gzip-bomb                         too much of one",
            "  fail:<percent>, fail-first:<n>, flap:<okSeconds>:<failSeconds>",
            "                                          500 by chance, at first, by the clock",
            "  ack:<k>, partial:<percent>              a part of a batch",
            "",
            "GET /, /journal, /journal/NAME and /journal/NAME/ids show what came, /accepted how",
            "many events were taken in all; DELETE /journal forgets it. /canary counts who follows redirects.",
            "",
            "Examples:",
            "  receiver --mode a=fail:5 --mode b=flap:20:10 --log received.jsonl",
            "  receiver --secret a=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "  receiver --port 0 --mode a=redirect:/canary --duration 1m --output json"
        })
public final class ReceiverCommand implements Callable<Integer> {

    private static final Duration START_MAX = Duration.ofSeconds(10);
    private static final Duration FOREVER = Duration.ofDays(36_500);

    @Option(names = "--host", paramLabel = "HOST", description = "The address to listen on (default 127.0.0.1).")
    String host = "127.0.0.1";

    @Option(names = "--port", paramLabel = "PORT", description = "Where to listen; 0 takes a free one (default 9000).")
    int port = 9_000;

    @Option(
            names = "--mode",
            paramLabel = "NAME=MODE",
            converter = {StringText.class, ModeText.class},
            description = "How an endpoint behaves; again for another one (default ok).")
    Map<String, Mode> modes = new LinkedHashMap<>();

    @Option(
            names = "--secret",
            paramLabel = "NAME=SECRET",
            description = "Checks an endpoint's Standard Webhooks signatures with whsec_...; 401 if one is bad.")
    Map<String, String> secrets = new LinkedHashMap<>();

    @Option(
            names = "--log",
            paramLabel = "FILE",
            description = "Appends a line of JSON for each request, before it is answered.")
    @Nullable
    Path log;

    @Option(names = "--seed", paramLabel = "N", description = "For fail:<percent> and partial:<percent> (default 1).")
    long seed = 1;

    @Option(names = "--event-loops", paramLabel = "N", description = "Threads that serve, 1 to 64 (default 2).")
    int eventLoops = 2;

    @Option(
            names = "--duration",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "How long to serve (default until Ctrl-C).")
    Duration duration = FOREVER;

    @Mixin
    OutputOption output = new OutputOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        ReceiverConfig config = ReceiverConfig.defaults()
                .withHost(host)
                .withPort(port)
                .withEventLoops(eventLoops)
                .withSeed(seed)
                .withModes(modes)
                .withSecrets(secrets)
                .withLog(log);
        Vertx vertx = Edge.vertx(eventLoops);
        Promise<Void> interrupted = Promise.promise();
        try (Interruption interruption = Interruption.stopping(interrupted::tryComplete)) {
            FlakyReceiver receiver = Edge.await(FlakyReceiver.start(vertx, config), START_MAX);
            PrintWriter out = spec.commandLine().getOut();
            out.println(receiver.baseUrl());
            out.flush();
            Edge.awaitOrElapse(interrupted.future(), duration);
            for (EndpointCounts counts : Edge.await(receiver.journal(), START_MAX)) {
                output.print(counts.toJson().getMap(), out);
            }
            Edge.awaitDone(receiver.close(), START_MAX);
            return 0;
        } finally {
            Edge.close(vertx);
        }
    }

    /** The names of endpoints as they are: a map with a converter needs one for its keys, too. */
    static final class StringText implements ITypeConverter<String> {

        @Override
        public String convert(String text) {
            return text;
        }
    }
}
