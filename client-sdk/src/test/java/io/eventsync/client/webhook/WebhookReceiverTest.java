package io.eventsync.client.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.eventsync.v1.Event;
import io.eventsync.v1.WebhookFormat;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class WebhookReceiverTest {
    private final List<ReceivedEvent> handled = new ArrayList<>();
    private Function<ReceivedEvent, Future<Void>> handler = event -> Future.succeededFuture();
    private final WebhookReceiver receiver = WebhookReceiver.of(
            WebhookVerifier.of(TestRequest.SECRET),
            event -> handler.apply(event).onSuccess(done -> handled.add(event)));

    @Test
    void standardEvent_isHandledAndTaken() {
        TestRequest request = TestRequest.of(
                        "evt_order-17-paid",
                        "{\"type\":\"ORDER.PAID\",\"timestamp\":\"2023-11-14T22:13:19.250Z\",\"key\":\"order-17\",\"message\":\"12,50 €\","
                                + "\"attributes\":{\"region\":\"eu\"},\"data\": {\"amount\": 12.50, \"a\":[1 ,2]}}")
                .with("eventsync-cursor", "here")
                .with("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

        assertThat(status(request)).isEqualTo(204);

        ReceivedEvent event = handled.get(0);
        assertThat(event.cursor()).isEqualTo("here");
        assertThat(event.endpoint()).isEqualTo("orders");
        assertThat(event.attempt()).isEqualTo(1);
        assertThat(event.event().getId()).isEqualTo("order-17-paid");
        assertThat(event.event().getTag()).isEqualTo("ORDER.PAID");
        assertThat(event.event().getKey()).isEqualTo("order-17");
        assertThat(event.event().getMessage()).isEqualTo("12,50 €");
        assertThat(event.event().getAttributesMap()).containsEntry("region", "eu");
        assertThat(event.event().getJson()).isEqualTo("{\"amount\": 12.50, \"a\":[1 ,2]}");
        assertThat(event.event().getEventTime())
                .isEqualTo(Timestamp.newBuilder()
                        .setSeconds(1_699_999_999)
                        .setNanos(250_000_000)
                        .build());
        assertThat(event.event().getTraceparent()).startsWith("00-4bf92f");
    }

    @Test
    void jsonOfEveryKind_isTakenAsWritten() {
        for (String json : List.of("1", "-1.50e3", "\"a\\u0041 \\\"b\\\" é\"", "true", "[1, {\"a\" : [ ]}]", "{ }")) {
            handled.clear();
            TestRequest request = TestRequest.of(
                    "evt_" + Integer.toHexString(json.hashCode()),
                    "{\"type\":\"T\",\"data\":" + json + ",\"message\":\"m\"}");

            assertThat(status(request)).isEqualTo(204);

            assertThat(handled.get(0).event().getJson()).isEqualTo(json);
            assertThat(handled.get(0).event().getMessage()).isEqualTo("m");
        }
    }

    /** The server bounds the event, not what is in it. */
    @Test
    void longNumbersAndNames_areTaken() {
        String json = "{\"" + "n".repeat(60_000) + "\":" + "1".repeat(1_500) + "}";

        taken(receiver, TestRequest.of("evt_long", "{\"type\":\"T\",\"data\":" + json + "}"));

        assertThat(handled.get(0).event().getJson()).isEqualTo(json);
    }

    @Test
    void absentData_isNoPayload() {
        taken(
                receiver,
                TestRequest.of("evt_1", "{\"type\":\"T\",\"timestamp\":\"2023-11-14T22:13:19Z\",\"data\":null}"));

        assertThat(handled.get(0).event().getPayloadCase()).isEqualTo(Event.PayloadCase.PAYLOAD_NOT_SET);
    }

    @Test
    void rawBody_isThePayload() {
        WebhookReceiver raw = receiver.format(WebhookFormat.WEBHOOK_FORMAT_RAW);

        assertThat(status(raw, TestRequest.of("evh_abc", "{\"amount\": 12.50}")))
                .isEqualTo(204);
        assertThat(status(raw, TestRequest.of("evt_text", "hello").with("content-type", "text/plain")))
                .isEqualTo(204);

        assertThat(handled.get(0).event().getJson()).isEqualTo("{\"amount\": 12.50}");
        assertThat(handled.get(0).event().getId()).isEmpty();
        assertThat(handled.get(0).webhookId()).isEqualTo("evh_abc");
        assertThat(handled.get(1).event().getData().toStringUtf8()).isEqualTo("hello");
    }

    @Test
    void legacyBody_isTagAndMessage() {
        taken(
                receiver.format(WebhookFormat.WEBHOOK_FORMAT_LEGACY),
                TestRequest.of("evt_1", "{\"category\":\"ORDER\",\"code\":\"PAID\",\"message\":\"m\"}"));

        assertThat(handled.get(0).event().getTag()).isEqualTo("ORDER.PAID");
        assertThat(handled.get(0).event().getMessage()).isEqualTo("m");
    }

    @Test
    void cloudEvents_areToldByTheirLooks() {
        taken(
                receiver,
                TestRequest.of("evh_1", "{\"amount\": 12.50}")
                        .with("ce-specversion", "1.0")
                        .with("ce-id", "order%2017+%C3%A9")
                        .with("ce-type", "ORDER.PAID")
                        .with("ce-time", "2023-11-14T22:13:19.250Z")
                        .with("ce-subject", "order-17"));
        taken(
                receiver,
                TestRequest.of(
                                "evt_2",
                                "{\"specversion\":\"1.0\",\"id\":\"2\",\"source\":\"urn:x\",\"type\":\"ORDER.PAID\",\"datacontenttype\":\"image/png\","
                                        + "\"data_base64\":\"AQID\"}")
                        .with("content-type", "application/cloudevents+json; charset=utf-8"));

        assertThat(handled.get(0).event().getId()).isEqualTo("order 17+é");
        assertThat(handled.get(0).event().getKey()).isEqualTo("order-17");
        assertThat(handled.get(0).event().getJson()).isEqualTo("{\"amount\": 12.50}");
        assertThat(handled.get(1).event().getData().toByteArray()).containsExactly(1, 2, 3);
        assertThat(handled.get(1).event().getContentType()).isEqualTo("image/png");
    }

    @Test
    void repetition_isTakenAndNotHandledAgain() {
        assertThat(status(TestRequest.order("1"))).isEqualTo(204);
        assertThat(status(TestRequest.order("1").with("eventsync-attempt", "2")))
                .isEqualTo(204);

        assertThat(handled).hasSize(1);
    }

    @Test
    void failedEvent_comesToTheHandlerAgain() {
        handler = event -> Future.failedFuture("not now");
        assertThat(status(TestRequest.order("1"))).isEqualTo(500);
        handler = event -> {
            throw new IllegalStateException("a defect");
        };
        assertThat(status(TestRequest.order("1"))).isEqualTo(500);
        handler = event -> Future.succeededFuture();

        assertThat(status(TestRequest.order("1"))).isEqualTo(204);

        assertThat(handled).hasSize(1);
    }

    @Test
    void handlerThatAnswersNull_hasFailed() {
        handler = event -> null;
        WebhookReceiver careless =
                WebhookReceiver.of(WebhookVerifier.of(TestRequest.SECRET), event -> handler.apply(event));
        assertThat(status(careless, TestRequest.order("1"))).isEqualTo(500);
        handler = event -> Future.succeededFuture();

        assertThat(status(careless, TestRequest.order("1"))).isEqualTo(204);
    }

    @Test
    void storeThatThrows_hasFailed_andIsAskedAgain() {
        AtomicInteger asked = new AtomicInteger();
        SeenStore memory = SeenStore.memory(10);
        SeenStore throwing = (SeenStore) Proxy.newProxyInstance(
                SeenStore.class.getClassLoader(), new Class<?>[] {SeenStore.class}, (self, method, arguments) -> {
                    if (asked.incrementAndGet() == 1) {
                        throw new RejectedExecutionException("full");
                    }
                    return method.invoke(memory, arguments);
                });
        WebhookReceiver busy = receiver.seen(throwing);

        assertThat(status(busy, TestRequest.order("1"))).isEqualTo(500);
        assertThat(status(busy, TestRequest.order("1").with("eventsync-attempt", "2")))
                .isEqualTo(204);
    }

    @Test
    void twoAttemptsAtOnce_shareOneCall() {
        Promise<Void> atIt = Promise.promise();
        handler = event -> atIt.future();
        Future<WebhookAnswer> first = receiver.receive(TestRequest.order("1").asMap(), TestRequest.order("1").body);
        Future<WebhookAnswer> second = receiver.receive(TestRequest.order("1").asMap(), TestRequest.order("1").body);
        assertThat(first.isComplete() || second.isComplete()).isFalse();

        atIt.complete();

        assertThat(first.result().status()).isEqualTo(204);
        assertThat(second.result().status()).isEqualTo(204);
        assertThat(handled).hasSize(1);
    }

    @Test
    void whatIsNotGenuine_isNotRead() {
        assertThat(status(TestRequest.order("1").with("webhook-id", "evt_2"))).isEqualTo(401);
        assertThat(status(TestRequest.order("1").signed(TestRequest.SECRET, 1))).isEqualTo(401);
        assertThat(status(TestRequest.of("evt_1", "{").with("webhook-signature", "")))
                .isEqualTo(401);
        assertThat(handled).isEmpty();
    }

    @Test
    void unreadableBody_is400() {
        for (String body : List.of(
                "",
                "{",
                "[]",
                "1",
                "{\"type\":1}",
                "{\"type\":\"T\",\"timestamp\":\"yesterday\"}",
                "{}{}",
                "{\"attributes\":{\"a\":1}}",
                "{\"a\":" + "[".repeat(100_000))) {
            assertThat(status(TestRequest.of("evt_1", body))).as(body).isEqualTo(400);
        }
        assertThat(status(TestRequest.of("bat_1", "{\"x\":1}"))).isEqualTo(400);
        assertThat(status(TestRequest.of("bat_1", "{\"events\":[1]}"))).isEqualTo(400);
        assertThat(receiver.receive(name -> null, new byte[(8 << 20) + 1])
                        .result()
                        .status())
                .isEqualTo(413);
    }

    @Test
    void batch_saysWhichEventsFailed() {
        handler = event -> event.event().getId().equals("b\"2") ? Future.failedFuture("no") : Future.succeededFuture();
        String body = "{\"events\":[" + entry("b1") + "," + entry("b\\\"2") + "," + entry("b3") + "]}";

        WebhookAnswer answer = answer(TestRequest.of("bat_1", body));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"failed\":[\"b\\\"2\"]}");
        assertThat(answer.headers()).containsEntry("content-type", "application/json");
        assertThat(handled).extracting(ReceivedEvent::cursor).containsExactly("at-b1", "at-b3");
        handler = event -> Future.succeededFuture();
        assertThat(status(TestRequest.of("bat_2", body))).isEqualTo(204);
        assertThat(handled).hasSize(3);
        assertThat(status(TestRequest.of("evt_b1", "{\"type\":\"T\"}"))).isEqualTo(204);
        assertThat(handled).hasSize(3);
    }

    @Test
    void batchOfWhichTooManyFailed_failsAsAWhole() {
        handler = event -> handled.isEmpty() ? Future.succeededFuture() : Future.failedFuture("no");
        StringBuilder body = new StringBuilder("{\"events\":[" + entry("first"));
        for (int i = 0; i < 200; i++) {
            body.append(',').append(entry("an-event-with-a-long-name-" + i));
        }

        assertThat(status(TestRequest.of("bat_1", body + "]}"))).isEqualTo(500);
    }

    @Test
    void memoryIsBounded() {
        WebhookReceiver small = receiver.seen(SeenStore.memory(2));
        for (String id : List.of("1", "2", "3", "3", "2", "1")) {
            taken(small, TestRequest.order(id));
        }

        assertThat(handled).extracting(event -> event.event().getId()).containsExactly("1", "2", "3", "1");
    }

    private static String entry(String id) {
        return "{\"id\":\"" + id + "\",\"cursor\":\"at-" + id.replace("\\\"", "") + "\",\"type\":\"T\",\"data\":null}";
    }

    private static void taken(WebhookReceiver receiver, TestRequest request) {
        assertThat(status(receiver, request)).isEqualTo(204);
    }

    private int status(TestRequest request) {
        return status(receiver, request);
    }

    private static int status(WebhookReceiver receiver, TestRequest request) {
        return receiver.receive(request.headers::get, request.body).result().status();
    }

    private WebhookAnswer answer(TestRequest request) {
        return receiver.receive(request.asMap(), request.body).result();
    }
}
