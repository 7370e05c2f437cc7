package io.eventsync.loadtest.orders;

import io.eventsync.client.ClientOptions;
import io.eventsync.client.EventSyncClient;
import io.eventsync.loadtest.DurationText;
import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Interruption;
import io.eventsync.loadtest.OutputOption;
import io.eventsync.loadtest.Progress;
import io.eventsync.loadtest.ServerOption;
import io.eventsync.loadtest.rpc.Security;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "orders",
        mixinStandardHelpOptions = true,
        description =
                "An order service: POST /order emits one ORDER.CREATED event and answers its position. The event's id comes"
                        + " from the order, so an order that is sent again is in the log once. Prints its base URL first.",
        footer = {
            "",
            "An order is {\"order_id\": \"17\", \"customer\": \"Ada\",",
            "\"items\": [{\"sku\": \"tea\", \"quantity\": 2, \"cents\": 450}]}. Without order_id the header",
            "Idempotency-Key stands in for it. Answers: 201 new, 200 it was there, 409 another order",
            "has this id, 400 it is no order, 503 EventSync does not take it.",
            "",
            "Examples:",
            "  orders                                          serve on localhost:3001 until Ctrl-C",
            "  orders --port 0 --generate 1000 --rate 200      send itself orders, then end",
            "  orders --generate 500 --repeat 30               with 30 %% of them sent once more"
        })
public final class OrdersCommand implements Callable<Integer> {

    private static final Duration START_MAX = Duration.ofSeconds(10);
    private static final Duration DRAIN_MAX = Duration.ofSeconds(20);

    @Option(names = "--host", paramLabel = "HOST", description = "The address to listen on (default 127.0.0.1).")
    String host = "127.0.0.1";

    @Option(names = "--port", paramLabel = "PORT", description = "Where to listen; 0 takes a free one (default 3001).")
    int port = 3_001;

    @Mixin
    ServerOption server = new ServerOption();

    @Option(names = "--generate", paramLabel = "N", description = "Send itself N orders and end (default: only serve).")
    long generate;

    @Option(names = "--rate", paramLabel = "R", description = "Orders a second of --generate (default 100).")
    double rate = 100;

    @Option(
            names = "--repeat",
            paramLabel = "PERCENT",
            description = "Of --generate: how many are the order before once more (default 10).")
    int repeat = 10;

    @Option(names = "--seed", paramLabel = "N", description = "Of --generate: another seed, other orders (default 1).")
    long seed = 1;

    @Option(
            names = "--duration",
            converter = DurationText.class,
            paramLabel = "TIME",
            description = "How long to serve, at most (default 60m).")
    Duration duration = Duration.ofHours(1);

    @Mixin
    OutputOption output = new OutputOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (generate < 0 || !(rate > 0) || repeat < 0 || repeat > 100) {
            throw new ParameterException(
                    spec.commandLine(), "--generate is not below 0, --rate is above 0, and --repeat is 0 to 100.");
        }
        Vertx vertx = Edge.vertx(1);
        EventSyncClient client = EventSyncClient.connect(clientOptions().vertx(vertx));
        try {
            OrderServer orders = new OrderServer(host, port, new OrderEvents(client));
            Edge.awaitDone(vertx.deployVerticle(orders), START_MAX);
            PrintWriter out = spec.commandLine().getOut();
            out.println(orders.url());
            out.flush();
            return generate > 0 ? feed(vertx, orders) : serve(orders);
        } finally {
            Edge.awaitOrElapse(client.close(), START_MAX);
            Edge.close(vertx);
        }
    }

    private ClientOptions clientOptions() {
        Security security = server.security();
        ClientOptions options = ClientOptions.to(server.target().toString());
        if (security.isTls()) {
            options = security.trusted().map(options::tls).orElseGet(options::tls);
        }
        return security.token().map(options::token).orElse(options);
    }

    private int serve(OrderServer orders) {
        Promise<Void> interrupted = Promise.promise();
        try (Interruption interruption = Interruption.stopping(interrupted::tryComplete)) {
            Edge.awaitOrElapse(interrupted.future(), duration);
            output.print(orders.counts().getMap(), spec.commandLine().getOut());
            return 0;
        }
    }

    private int feed(Vertx vertx, OrderServer orders) {
        String run =
                String.format(Locale.ROOT, "%08x", ThreadLocalRandom.current().nextInt());
        OrderFeed feed = new OrderFeed(vertx, orders.url(), new OrderMaker(run, seed, repeat), rate);
        long started = System.nanoTime();
        try (Interruption interruption = Interruption.stopping(feed::stop)) {
            try (Progress progress = Progress.of("orders", "orders", generate, feed::answered)) {
                Edge.awaitDone(feed.run(generate, duration), duration.plus(DRAIN_MAX));
            }
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("target", server.target().toString());
            result.put("rate", rate);
            result.put("repeat_percent", repeat);
            result.put("seconds", Math.round((System.nanoTime() - started) / 1e6) / 1e3);
            feed.describe(result);
            output.print(result, spec.commandLine().getOut());
            return Long.valueOf(0).equals(result.get("failed")) && feed.answered() > 0 ? 0 : 1;
        }
    }
}
