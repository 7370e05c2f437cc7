package io.eventsync.server.delivery;

import static io.eventsync.server.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.eventsync.server.TestServer;
import io.eventsync.v1.BasicAuth;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.Filter;
import io.eventsync.v1.GetSigningKeysRequest;
import io.eventsync.v1.ListEndpointsRequest;
import io.eventsync.v1.Webhook;
import io.eventsync.v1.WebhookAuth;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** X5: secrets are sealed, shown once and never logged. Every place they could leak to is searched for a marker. */
class SecretSweepIT {
    private static final String MARKER = "MARKER-c0ffee-of-a-secret-that-is-32";

    @Test
    void x5_secretsAreNowhereToBeFound() {
        Queue<String> lines = new ConcurrentLinkedQueue<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level before = root.getLevel();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                lines.add(event.getFormattedMessage() + " " + event.getThrowableProxy());
            }
        };
        appender.start();
        root.addAppender(appender);
        root.setLevel(Level.DEBUG);
        try (TestServer server = TestServer.start();
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(server, receiver);
            receiver.answer("/marked", request -> 500);
            String secret = "whsec_" + Base64.getEncoder().encodeToString(MARKER.getBytes(StandardCharsets.US_ASCII));
            endpoints.create(CreateEndpointRequest.newBuilder()
                    .setSigningSecret(secret)
                    .setEndpoint(Endpoint.newBuilder()
                            .setName("marked")
                            .setFilter(Filter.newBuilder().addTagPrefixes("MARKED"))
                            .setWebhook(Webhook.newBuilder()
                                    .setUrl(receiver.url("/marked"))
                                    .setAuth(WebhookAuth.newBuilder()
                                            .setBasic(BasicAuth.newBuilder()
                                                    .setUsername("user")
                                                    .setPassword(MARKER))))));
            endpoints.ingest("marked", 3);
            await().until(() -> endpoints.received("marked").size() >= 3);
            assertThat(endpoints.secret("marked")).isEqualTo(secret);

            String answers = endpoints.get("marked")
                    + endpoints.attempts("marked").toString()
                    + await(server.endpoints().listEndpoints(ListEndpointsRequest.getDefaultInstance()))
                    + await(server.endpoints()
                            .getSigningKeys(GetSigningKeysRequest.newBuilder()
                                    .setName("marked")
                                    .build()));
            String stored = String.join("\n", everything(server));

            // The receiver did get it: the search would find it if it were there.
            assertThat(endpoints.received("marked").get(0).header("authorization"))
                    .isNotEqualTo("null");
            for (String form : forms()) {
                assertThat(answers).doesNotContain(form);
                assertThat(stored).doesNotContain(form);
                assertThat(lines).noneMatch(line -> line.contains(form));
            }
            assertThat(lines).isNotEmpty();
        } finally {
            root.setLevel(before);
            root.detachAppender(appender);
        }
    }

    /** As text, and as the parts of base64 and hex that do not depend on what stands before. */
    private static List<String> forms() {
        byte[] bytes = MARKER.getBytes(StandardCharsets.US_ASCII);
        Stream<String> base64 = Stream.of(0, 1, 2)
                .map(skip -> Base64.getEncoder()
                        .withoutPadding()
                        .encodeToString(java.util.Arrays.copyOfRange(bytes, skip, skip + 24)));
        return Stream.concat(base64, Stream.of(MARKER, HexFormat.of().formatHex(bytes)))
                .toList();
    }

    private static List<String> everything(TestServer server) {
        return server
                .query(
                        "select c.relname from pg_class c where c.relnamespace = 'eventsync'::regnamespace and c.relkind in ('r', 'p', 'v')")
                .stream()
                .flatMap(table -> server.query("select t::text from eventsync." + table + " t").stream())
                .toList();
    }
}
