package io.eventsync.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.eventsync.client.example.Orders;
import io.eventsync.client.webhook.JdbcSeenStore;
import io.eventsync.client.webhook.ReceivedEvent;
import io.eventsync.client.webhook.WebhookReceiver;
import io.eventsync.client.webhook.WebhookVerifier;
import io.eventsync.server.TestServer;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.Event;
import io.eventsync.v1.Filter;
import io.eventsync.v1.Ordering;
import io.eventsync.v1.Reason;
import io.eventsync.v1.RetryPolicy;
import io.eventsync.v1.RetrySchedule;
import io.eventsync.v1.SyncRequest;
import io.eventsync.v1.SyncResponse;
import io.eventsync.v1.Webhook;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of docs/SDK.md on publishing and on receiving webhooks; {@link SdkPageTest} holds the page to them. */
@Timeout(60)
class SdkExamplesIT {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private final List<String> log = new CopyOnWriteArrayList<>();
    private TestServer server;
    private EventSyncClient client;

    @BeforeEach
    void start() {
        server = TestServer.start();
        client = EventSyncClient.connect("127.0.0.1:" + server.port());
    }

    @AfterEach
    void stop() {
        done(client.close());
        server.close();
    }

    // example: options
    EventSyncClient connect(String token) {
        return EventSyncClient.connect(ClientOptions.to("events-1.example:7300", "events-2.example:7300")
                .tls()
                .token(token)
                .userAgent("billing/2.1"));
    }
    // end

    // example: publish
    Future<Published> paid(int order) {
        Event event = Event.newBuilder()
                .setId("order-" + order + "-paid")
                .setTag("ORDER.PAID")
                .setKey("order-" + order)
                .setJson("{\"amount\": 12.50}")
                .build();
        return client.publish(event).onSuccess(published -> log.add(published.id() + " is at " + published.position()));
    }
    // end

    // example: back-pressure
    Future<Void> publishAll(Publisher publisher, List<Event> events) {
        for (int i = 0; i < events.size(); i++) {
            if (publisher.isFull()) {
                List<Event> rest = events.subList(i, events.size());
                return publisher.drained().compose(room -> publishAll(publisher, rest));
            }
            Event event = events.get(i);
            publisher.publish(event).onFailure(failure -> log.add(event.getId() + ": " + failure.getMessage()));
        }
        return publisher.flush();
    }
    // end

    // example: errors
    String explain(EventSyncException failure) {
        if (failure.reason() == Reason.REASON_EVENT_ID_REUSED) {
            return "another event has this id, at " + failure.metadata().get("position");
        }
        if (failure.reason() == Reason.REASON_FIELD_INVALID) {
            return failure.fields().get(0).field() + " "
                    + failure.fields().get(0).message();
        }
        return failure.isRetryable() ? "publish it again, with the same id" : failure.toString();
    }
    // end

    // example: blocking
    void importOrders(List<Event> orders) throws InterruptedException {
        BlockingClient blocking = client.blocking();
        List<Published> published = blocking.publishAll(orders);
        Event first = blocking.event(published.get(0).position());
        SyncResponse page =
                blocking.sync(SyncRequest.newBuilder().setMaxEvents(100).build());
        log.add(first.getId() + " and " + page.getEventsCount());
    }
    // end

    // example: vertx-receiver
    void answer(WebhookReceiver receiver, HttpServerRequest request) {
        request.body()
                .compose(body -> receiver.receive(request::getHeader, body.getBytes()))
                .compose(answer -> {
                    answer.headers().forEach(request.response()::putHeader);
                    return request.response().setStatusCode(answer.status()).end(answer.body());
                })
                .onFailure(lost -> log.add("the connection is gone: " + lost));
    }
    // end

    // example: jdk-receiver
    HttpServer listen(WebhookReceiver receiver) throws java.io.IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext(
                "/hook",
                exchange -> receiver.receive(
                                exchange.getRequestHeaders(),
                                exchange.getRequestBody().readAllBytes())
                        .onSuccess(answer -> {
                            try (exchange) {
                                byte[] body = answer.body().getBytes(UTF_8);
                                answer.headers().forEach(exchange.getResponseHeaders()::set);
                                exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
                                exchange.getResponseBody().write(body);
                            } catch (java.io.IOException lost) {
                                log.add("the connection is gone: " + lost);
                            }
                        }));
        http.start();
        return http;
    }
    // end

    // example: receiver
    WebhookReceiver receiver(String secret, Consumer<ReceivedEvent> store) {
        return WebhookReceiver.of(WebhookVerifier.of(secret), event -> {
            store.accept(event);
            return Future.succeededFuture();
        });
    }
    // end

    // example: healing
    WebhookReceiver healing(WebhookReceiver receiver) {
        return receiver.healing(
                client, Filter.newBuilder().addTagPrefixes("ORDER").build());
    }
    // end

    // example: jdbc
    WebhookReceiver inTransaction(String secret, Vertx vertx, DataSource database) {
        JdbcSeenStore seen = new JdbcSeenStore(
                database,
                task -> vertx.executeBlocking(() -> {
                    task.run();
                    return null;
                }));
        return WebhookReceiver.of(
                        WebhookVerifier.of(secret),
                        event -> vertx.executeBlocking(() -> {
                            try (Connection connection = database.getConnection()) {
                                connection.setAutoCommit(false);
                                if (seen.claim(connection, event)) {
                                    book(connection, event);
                                }
                                connection.commit();
                                return null;
                            }
                        }))
                .seen(seen);
    }
    // end

    @SuppressWarnings("UnusedVariable") // stands for the reader's own
    private static void book(Connection connection, ReceivedEvent event) {}

    @Test
    void program_publishes() {
        Orders.main(new String[] {"127.0.0.1:" + server.port()});

        await().until(() -> server.storedEvents() == 1);
    }

    @Test
    void publishing() throws InterruptedException {
        done(paid(17));
        assertThat(log).containsExactly("order-17-paid is at 1");

        Publisher small = client.publisher(PublisherOptions.defaults().buffer(10, 32 << 20));
        List<Event> many = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            many.add(event("e" + i));
        }
        done(publishAll(small, many));
        assertThat(log).hasSize(1);
        assertThat(server.storedEvents()).isEqualTo(501);

        importOrders(List.of(event("first"), event("second")));
        assertThat(log.get(1)).isEqualTo("first and 100");
        assertThat(connect("secret")).isNotNull();
    }

    @Test
    void failures_areExplained() {
        done(paid(17));
        List<Future<Published>> wrong = List.of(
                client.publish(Event.newBuilder()
                        .setId("order-17-paid")
                        .setTag("OTHER")
                        .build()),
                client.publish(Event.newBuilder().setTag("no tag").build()));
        done(Future.join(wrong).transform(settled -> Future.succeededFuture()));

        assertThat(wrong)
                .extracting(failed -> explain((EventSyncException) failed.cause()))
                .satisfiesExactly(
                        reused -> assertThat(reused).isEqualTo("another event has this id, at 1"),
                        field -> assertThat(field).startsWith("event.tag must be 1 to 8 segments"));
    }

    @Test
    void webhooks_arriveAtTheServerOfTheJdk() throws Exception {
        List<ReceivedEvent> received = new CopyOnWriteArrayList<>();
        HttpServer http = listen(receiver(SECRET, received::add));
        endpoint("orders", http.getAddress().getPort());

        done(client.publish(event("one")));

        await().until(() -> received.size() == 1);
        assertThat(received.get(0).event().getId()).isEqualTo("one");
        http.stop(0);
    }

    /** The server gives up on two events that its receiver did not take; with the next one they come by themselves. */
    @Test
    void missedEvents_areReadFromTheLog() {
        List<ReceivedEvent> received = new CopyOnWriteArrayList<>();
        AtomicBoolean isDown = new AtomicBoolean();
        AtomicInteger refused = new AtomicInteger();
        WebhookReceiver receiver = healing(receiver(SECRET, received::add));
        Vertx vertx = Vertx.vertx();
        int port = result(vertx.createHttpServer()
                        .requestHandler(request -> {
                            if (isDown.get()) {
                                refused.incrementAndGet();
                                request.response().setStatusCode(500).end();
                            } else {
                                answer(receiver, request);
                            }
                        })
                        .listen(0, "127.0.0.1"))
                .actualPort();
        endpoint("orders", port);
        done(client.publish(event("one")));
        await().until(() -> received.size() == 1);

        isDown.set(true);
        done(client.publish(event("missed-1")));
        done(client.publish(event("missed é 2")));
        await().until(() -> refused.get() == 2);
        isDown.set(false);
        done(client.publish(event("next")));

        await().until(() -> received.size() == 4);
        assertThat(received)
                .extracting(event -> event.event().getId())
                .containsExactly("one", "missed-1", "missed é 2", "next");
        assertThat(received).extracting(ReceivedEvent::isHealed).containsExactly(false, true, true, false);
        done(client.publish(event("last")));
        await().until(() -> received.size() == 5);
        assertThat(received.get(4).isHealed()).isFalse();
        done(vertx.close());
    }

    private void endpoint(String name, int port) {
        done(client.endpoints()
                .createEndpoint(CreateEndpointRequest.newBuilder()
                        .setSigningSecret(SECRET)
                        .setEndpoint(Endpoint.newBuilder()
                                .setName(name)
                                .setFilter(Filter.newBuilder().addTagPrefixes("ORDER"))
                                .setOrdering(Ordering.ORDERING_ORDERED)
                                .setRetryPolicy(RetryPolicy.newBuilder().setSchedule(RetrySchedule.RETRY_SCHEDULE_NONE))
                                .setWebhook(Webhook.newBuilder().setUrl("http://127.0.0.1:" + port + "/hook")))
                        .build()));
    }

    private static Event event(String id) {
        return Event.newBuilder().setId(id).setTag("ORDER.PAID").build();
    }

    private static void done(Future<?> future) {
        assertThat(result(future.map(true))).isTrue();
    }

    private static <T> T result(Future<T> future) {
        return TestServer.await(future);
    }
}
