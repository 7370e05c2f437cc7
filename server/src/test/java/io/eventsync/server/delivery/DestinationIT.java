package io.eventsync.server.delivery;

import static io.eventsync.server.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.eventsync.server.TestServer;
import io.eventsync.server.egress.TestCertificate;
import io.eventsync.v1.AttemptError;
import io.eventsync.v1.BearerAuth;
import io.eventsync.v1.ClientCertificate;
import io.eventsync.v1.CreateEndpointRequest;
import io.eventsync.v1.Email;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.Filter;
import io.eventsync.v1.Webhook;
import io.eventsync.v1.WebhookAuth;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.grpc.client.InvalidStatusException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where events may go to, and how. */
class DestinationIT {
    @TempDir
    private Path folder;

    @Test
    void email_isSentPerEvent() throws Exception {
        GreenMail relay = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        relay.start();
        Map<String, String> flags = Map.of(
                "mail-host", "127.0.0.1",
                "mail-port", "" + relay.getSmtp().getPort(),
                "mail-tls", "none",
                "mail-from", "events@example.com",
                "mail-allow-domains", "example.com");
        try (TestServer server = TestServer.start(flags);
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(server, receiver);
            endpoints.create(
                    "mailed",
                    e -> e.setEmail(
                            Email.newBuilder().addTo("operator@example.com").setSubjectTemplate("{tag} of {key}")));
            endpoints.ingest("mailed", 2);

            assertThat(relay.waitForIncomingEmail(20_000, 2)).isTrue();
            assertThat(relay.getReceivedMessages()[0].getSubject()).isEqualTo("MAILED of k0");
            await().untilAsserted(() -> assertThat(
                            server.query("select outcome || ' ' || status || ' ' || target from eventsync.attempts"))
                    .containsExactly("SUCCEEDED 250 operator@example.com", "SUCCEEDED 250 operator@example.com"));
        } finally {
            relay.stop();
        }
    }

    @Test
    void receiver_isGivenCertificateAndToken() throws Exception {
        TestCertificate authority = TestCertificate.authority();
        TestCertificate its = authority.sign("receiver", builder -> builder.addSanIpAddress("127.0.0.1"));
        TestCertificate ours = authority.sign("sender", "sender.test");
        Path trusted = Files.writeString(
                folder.resolve("ca.pem"), authority.certificate().toString());
        List<String> seen = new CopyOnWriteArrayList<>();
        Vertx vertx = Vertx.vertx();
        HttpServer receiver = await(vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(its.options())
                        .setClientAuth(ClientAuth.REQUIRED)
                        .setTrustOptions(new PemTrustOptions().addCertValue(authority.certificate())))
                .requestHandler(request -> {
                    seen.add(String.valueOf(request.getHeader("authorization")));
                    request.response().end();
                })
                .listen(0, "127.0.0.1"));
        try (TestServer server = TestServer.start(Map.of("webhook-ca-file", trusted.toString()));
                TestReceiver unused = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(server, unused);
            endpoints.create(
                    "mutual",
                    e -> e.setWebhook(Webhook.newBuilder()
                            .setUrl("https://127.0.0.1:" + receiver.actualPort() + "/in")
                            .setAuth(WebhookAuth.newBuilder()
                                    .setBearer(BearerAuth.newBuilder().setToken("t0ken")))
                            .setClientCertificate(ClientCertificate.newBuilder()
                                    .setCertificateChainPem(ours.certificate().toString())
                                    .setPrivateKeyPem(ours.key().toString()))));
            endpoints.ingest("mutual", 1);

            await().until(() -> seen.size() == 1);
            assertThat(seen).containsExactly("Bearer t0ken");
            ClientCertificate shown = endpoints.get("mutual").getWebhook().getClientCertificate();
            assertThat(shown.getSubject()).contains("CN=sender");
            assertThat(shown.getPrivateKeyPem()).isEmpty();
        } finally {
            await(vertx.close());
        }
    }

    @Test
    void x4_withoutPermission_noWebhookGoesToThisMachine() {
        try (TestServer open = TestServer.start();
                TestReceiver receiver = new TestReceiver()) {
            TestEndpoints endpoints = new TestEndpoints(open, receiver);
            endpoints.create("inside");
            open.stop();
            try (TestServer closed = TestServer.start(open.database(), Map.of("webhook-allow-loopback", "false"))) {
                TestEndpoints there = new TestEndpoints(closed, receiver);
                there.ingest("inside", 1);

                await().untilAsserted(() -> assertThat(there.attempts("inside"))
                        .isNotEmpty()
                        .allMatch(a -> a.getError() == AttemptError.ATTEMPT_ERROR_BLOCKED));
                assertThat(receiver.received()).isEmpty();
                assertThatThrownBy(() -> await(closed.endpoints()
                                .createEndpoint(CreateEndpointRequest.newBuilder()
                                        .setEndpoint(Endpoint.newBuilder()
                                                .setName("another")
                                                .setFilter(Filter.newBuilder().addTagPrefixes("A"))
                                                .setWebhook(Webhook.newBuilder().setUrl("https://127.0.0.1/x")))
                                        .build())))
                        .isInstanceOf(InvalidStatusException.class)
                        .hasMessageContaining("INVALID_ARGUMENT");
            }
        }
    }
}
