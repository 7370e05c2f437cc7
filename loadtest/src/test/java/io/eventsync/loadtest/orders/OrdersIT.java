package io.eventsync.loadtest.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.client.ClientOptions;
import io.eventsync.client.EventSyncClient;
import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.TestCli;
import io.eventsync.v1.Event;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OrdersIT {

    private static final Duration MAX = Duration.ofSeconds(10);
    private static final String ORDER =
            "{\"order_id\":\"17\",\"customer\":\"Ada\",\"items\":[{\"sku\":\"tea\",\"quantity\":2,\"cents\":450}]}";

    private final TestCli cli = TestCli.start();
    private final Vertx vertx = Edge.vertx(1);

    @AfterEach
    void stop() {
        Edge.close(vertx);
        cli.close();
    }

    @Test
    void S3_1_order_isOneEvent_howeverOftenItIsSent() {
        String url = serve(cli.server().target().port());

        Reply first = post(url, ORDER);
        Reply again = post(url, ORDER);
        Reply other = post(url, ORDER.replace("Ada", "Bob"));

        assertThat(first.status()).isEqualTo(201);
        assertThat(first.body().getLong("position")).isEqualTo(1);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body().getLong("position")).isEqualTo(1);
        assertThat(other.status()).isEqualTo(409);
        List<Event> log = Edge.await(cli.server().events(), MAX);
        assertThat(log).hasSize(1);
        assertThat(log.get(0).getId()).isEqualTo("order-17-created");
        assertThat(log.get(0).getTag()).isEqualTo("ORDER.CREATED");
        assertThat(log.get(0).getJson()).isEqualTo(ORDER);
    }

    @Test
    void badRequests_areRefused_withAReason() {
        String url = serve(cli.server().target().port());

        assertThat(post(url, "[]").status()).isEqualTo(400);
        assertThat(post(url, ORDER.replace("450", "-4")).body().getString("error"))
                .startsWith("items.cents");
        assertThat(post(url, "{" + " ".repeat(70_000) + "}").status()).isEqualTo(413);
        assertThat(call(HttpMethod.GET, url + "/order", "").status()).isEqualTo(405);
        assertThat(call(HttpMethod.GET, url + "/nope", "").status()).isEqualTo(404);
        assertThat(call(HttpMethod.GET, url + "/health", "").body().getLong("refused"))
                .isEqualTo(5);
    }

    @Test
    void order_isRefusedForNow_whenEventSyncIsAway() {
        assertThat(post(serve(1), ORDER).status()).isEqualTo(503);
    }

    @Test
    void S3_1_generatedOrders_areInTheLogOnce() throws IOException {
        TestCli.Outcome outcome =
                cli.run("orders", "--port", "0", "--generate", "300", "--rate", "2000", "--repeat", "30");

        assertThat(outcome.exitCode()).as(outcome.out()).isZero();
        int created = outcome.result().get("created").asInt();
        assertThat(created).isBetween(150, 270);
        assertThat(created + outcome.result().get("deduplicated").asInt()).isEqualTo(300);
        assertThat(Edge.await(cli.server().events(), MAX)).hasSize(created);
    }

    @Test
    void service_printsItsUrlFirst_andItsCountsLast() throws IOException {
        TestCli.Outcome outcome = cli.run("orders", "--port", "0", "--duration", "1ms");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).startsWith("http://127.0.0.1:");
        assertThat(outcome.result().get("created").asInt()).isZero();
    }

    private String serve(int port) {
        OrderServer server = new OrderServer(
                "127.0.0.1",
                0,
                new OrderEvents(EventSyncClient.connect(
                        ClientOptions.to("127.0.0.1:" + port).vertx(vertx))));
        Edge.awaitDone(vertx.deployVerticle(server), MAX);
        return server.url();
    }

    private Reply post(String url, String body) {
        return call(HttpMethod.POST, url + "/order", body);
    }

    private Reply call(HttpMethod method, String url, String body) {
        return Edge.await(
                vertx.createHttpClient()
                        .request(new RequestOptions().setMethod(method).setAbsoluteURI(url))
                        .compose(request -> request.send(Buffer.buffer(body)))
                        .compose(response ->
                                response.body().map(read -> new Reply(response.statusCode(), read.toJsonObject()))),
                MAX);
    }

    private record Reply(int status, JsonObject body) {}
}
