package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.eventsync.client.ClientOptions;
import io.eventsync.client.EventSyncClient;
import io.eventsync.client.EventSyncException;
import io.eventsync.loadtest.Main;
import io.eventsync.server.TestServer;
import io.eventsync.server.egress.TestCertificate;
import io.eventsync.v1.Event;
import io.eventsync.v1.EventServiceGrpcClient;
import io.eventsync.v1.IngestRequest;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.grpc.client.GrpcClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The public port with TLS: gRPC and HTTP on the one port, certificates of clients, new certificates without a restart. */
@Timeout(60)
class TlsIT {
    private final Vertx vertx = Vertx.vertx();

    @TempDir
    Path folder;

    private TestCertificate authority;
    private Path certificate;
    private Path key;
    private Path ca;

    @BeforeEach
    void make() throws IOException {
        authority = TestCertificate.authority();
        certificate = folder.resolve("cert.pem");
        key = folder.resolve("key.pem");
        ca = write("ca.pem", authority.certificate());
        use(ofServer("first"));
    }

    private TestCertificate ofServer(String name) {
        return authority.sign(
                name, builder -> builder.addSanDnsName("localhost").addSanIpAddress("127.0.0.1"));
    }

    @AfterEach
    void close() {
        TestServer.await(vertx.close());
    }

    private Path write(String name, Buffer pem) throws IOException {
        return Files.write(folder.resolve(name), pem.getBytes());
    }

    private void use(TestCertificate pair) throws IOException {
        key = write("key.pem", pair.key());
        certificate = write("cert.pem", pair.certificate());
    }

    private Map<String, String> flags(String... more) {
        Map<String, String> flags =
                new HashMap<>(Map.of("tls-cert-file", certificate.toString(), "tls-key-file", key.toString()));
        for (int i = 0; i < more.length; i += 2) {
            flags.put(more[i], more[i + 1]);
        }
        return flags;
    }

    private static IngestRequest event() {
        return IngestRequest.newBuilder()
                .setEvent(Event.newBuilder().setTag("ORDER.PAID"))
                .build();
    }

    @Test
    void grpcAndHttp_shareThePort() {
        try (TestServer server = TestServer.start(flags())) {
            EventSyncClient client = EventSyncClient.connect(
                    ClientOptions.to("localhost:" + server.port()).tls(ca).vertx(vertx));
            assertThat(TestServer.await(client.events().ingest(event()))
                            .getResult()
                            .getPosition())
                    .isEqualTo(1);

            for (HttpVersion version : new HttpVersion[] {HttpVersion.HTTP_1_1, HttpVersion.HTTP_2}) {
                WebClientOptions options = new WebClientOptions();
                options.setSsl(true).setUseAlpn(true).setProtocolVersion(version);
                options.setTrustOptions(new PemTrustOptions().addCertPath(ca.toString()));
                var answer = TestServer.await(WebClient.create(vertx, options)
                        .get(server.port(), "localhost", "/v1/log")
                        .send());
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.version()).isEqualTo(version);
            }
        }
    }

    @Test
    void client_thatTrustsOthers_isNotConnected() {
        try (TestServer server = TestServer.start(flags())) {
            EventSyncClient client = EventSyncClient.connect(
                    ClientOptions.to("localhost:" + server.port()).tls().vertx(vertx));

            assertThatThrownBy(() -> TestServer.await(client.events().ingest(event())))
                    .isInstanceOfSatisfying(
                            EventSyncException.class,
                            e -> assertThat(e.isRetryable()).isTrue());
        }
    }

    @Test
    void certificate_isWhoCalls() {
        TestCertificate billing = authority.sign("billing", "billing");
        TestCertificate other = authority.sign("other", "other");
        TestCertificate both = authority.sign("other,CN=billing", "both");
        try (TestServer server = TestServer.start(flags(
                "tls-client-ca-file",
                ca.toString(),
                "auth-mode",
                "required",
                "auth-admin-token",
                "x".repeat(32),
                "auth-certificate-grants",
                "billing=ingest:ORDER"))) {
            assertThat(TestServer.await(stub(server, billing).ingest(event()))
                            .getResult()
                            .getPosition())
                    .isEqualTo(1);
            assertThat(server.query("select producer from eventsync.events")).containsExactly("certificate:billing");
            assertThatThrownBy(() -> TestServer.await(stub(server, other).ingest(event())))
                    .hasMessageContaining("UNAUTHENTICATED");
            assertThatThrownBy(() -> TestServer.await(stub(server, both).ingest(event())))
                    .as("two common names")
                    .hasMessageContaining("UNAUTHENTICATED");
        }
    }

    private EventServiceGrpcClient stub(TestServer server, TestCertificate own) {
        HttpClientOptions options = new HttpClientOptions()
                .setSsl(true)
                .setUseAlpn(true)
                .setTrustOptions(new PemTrustOptions().addCertPath(ca.toString()))
                .setKeyCertOptions(own.options());
        return EventServiceGrpcClient.create(
                GrpcClient.client(vertx, options),
                io.vertx.core.net.SocketAddress.inetSocketAddress(server.port(), "localhost"));
    }

    @Test
    void newCertificate_isTakenIntoUse() {
        try (TestServer server = TestServer.start(flags())) {
            assertThat(subject(server)).contains("CN=first");

            assertThat(certificate).exists();
            TestCertificate next = ofServer("second");
            try {
                use(next);
            } catch (IOException e) {
                throw new AssertionError(e);
            }

            await().atMost(Duration.ofSeconds(20)).until(() -> subject(server).contains("CN=second"));
        }
    }

    /** While a pair is replaced, one of its files is new and the other old. */
    /** The load tool is for servers as they are in production. */
    @Test
    void loadtest_callsByTls_withAToken() {
        String token = "admin-token-of-this-test-0123456789";
        try (TestServer server = TestServer.start(flags("auth-mode", "required", "auth-admin-token", token))) {
            String target = "localhost:" + server.port();
            String[] known = {"--target", target, "--ca", ca.toString(), "--token", token};

            loadtest(0, known, "replay", "--sample", "20");
            loadtest(0, known, "sync", "--until-events", "20", "--out", out());
            loadtest(1, new String[] {"--target", target, "--ca", ca.toString()}, "sync", "--out", out());
        }
    }

    private String out() {
        return folder.resolve("events-" + UUID.randomUUID() + ".jsonl").toString();
    }

    private static void loadtest(int exitCode, String[] server, String... command) {
        StringWriter said = new StringWriter();
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(said));
        commandLine.setErr(new PrintWriter(said));
        String[] all = Stream.of(command, server).flatMap(Stream::of).toArray(String[]::new);
        assertThat(commandLine.execute(all)).as(() -> said.toString()).isEqualTo(exitCode);
    }

    @Test
    void keyOfAnotherCertificate_isNotTakenIntoUse() throws Exception {
        PemKeyCertOptions pair =
                new PemKeyCertOptions().addCertPath(certificate.toString()).addKeyPath(key.toString());
        assertThatCode(() -> CertificatePair.check(vertx, pair)).doesNotThrowAnyException();
        TestCertificate next = ofServer("second");

        Path nextKey = write("key.pem", next.key());

        assertThat(nextKey).isEqualTo(key);
        assertThatThrownBy(() -> CertificatePair.check(
                        vertx,
                        new PemKeyCertOptions()
                                .addCertPath(certificate.toString())
                                .addKeyPath(key.toString())))
                .hasMessageContaining("tls.key-file");
        assertThatThrownBy(() -> TestServer.start(flags())).hasMessageContaining("tls.key-file");
    }

    private String subject(TestServer server) {
        HttpClientOptions options =
                new HttpClientOptions().setSsl(true).setTrustOptions(new PemTrustOptions().addCertPath(ca.toString()));
        var client = vertx.createHttpClient(options);
        return TestServer.await(client.request(io.vertx.core.http.HttpMethod.GET, server.port(), "localhost", "/v1/log")
                .compose(request -> {
                    try {
                        String name = ((java.security.cert.X509Certificate)
                                        request.connection().peerCertificates().get(0))
                                .getSubjectX500Principal()
                                .getName();
                        return request.send().map(response -> name);
                    } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
                        return io.vertx.core.Future.failedFuture(e);
                    }
                })
                .eventually(client::close));
    }
}
