package io.eventsync.server.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemTrustOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EgressClientIT {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    @TempDir
    static Path folder;

    private static Vertx vertx;
    private static Context context;
    private static TestCertificate authority;
    private static Path caFile;

    @BeforeAll
    static void start() throws IOException {
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
        context = vertx.getOrCreateContext();
        authority = TestCertificate.authority();
        caFile = folder.resolve("ca.pem");
        Files.write(caFile, authority.certificate().getBytes());
    }

    @AfterAll
    static void stop() {
        RawReceiver.done(vertx.close());
    }

    // what is sent and what is kept

    @Test
    void call_sendsItsParts_andKeepsTheAnswer() {
        RawReceiver receiver = RawReceiver.saying(
                vertx,
                "HTTP/1.1 503 Busy\r\nContent-Type: text/plain\r\nRetry-After: 7\r\nServer: "
                        + "s".repeat(300)
                        + "\r\nEventsync-No-Retry: true\r\nEventsync-Ack: c1\r\nSet-Cookie: a=b\r\nContent-Length: 4\r\n\r\nbusy");
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add("content-type", "application/json")
                .add("x-a", "1")
                .add("x-a", "2");

        EgressAnswer answer = post(dev(), receiver.url("/in//x/../y?q=%20a&b"), headers, Buffer.buffer("{}"), LONG);

        assertThat(answer.error()).isEqualTo(EgressError.NONE);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.excerpt()).hasToString("busy");
        assertThat(answer.bodyTruncated()).isFalse();
        assertThat(answer.message()).isEmpty();
        assertThat(answer.remoteAddress()).isEqualTo("127.0.0.1:" + receiver.port());
        assertThat(answer.latencyNanos()).isPositive();
        assertThat(answer.headers())
                .isEqualTo(Map.of(
                        "content-type", "text/plain",
                        "retry-after", "7",
                        "server", "s".repeat(256),
                        "eventsync-no-retry", "true",
                        "eventsync-ack", "c1"));
        assertThat(receiver.request())
                .startsWith("POST /in//x/../y?q=%20a&b HTTP/1.1\r\n")
                .contains(
                        "\r\nhost: 127.0.0.1:" + receiver.port() + "\r\n",
                        "\r\nx-a: 1\r\n",
                        "\r\nx-a: 2\r\n",
                        "content-length: 2\r\n")
                .doesNotContainIgnoringCase("accept-encoding")
                .doesNotContainIgnoringCase("user-agent")
                .endsWith("\r\n\r\n{}");
    }

    @Test
    void largeBody_arrivesWhole() {
        RawReceiver receiver = RawReceiver.saying(vertx, OK);
        String body = "x".repeat(256 << 10);

        EgressAnswer answer =
                post(dev(), receiver.url("/"), MultiMap.caseInsensitiveMultiMap(), Buffer.buffer(body), LONG);

        assertThat(answer.error()).isEqualTo(EgressError.NONE);
        assertThat(receiver.request()).endsWith("\r\n\r\n" + body);
    }

    @ParameterizedTest
    @CsvSource({"x-a, 'v\r\nx-b: w'", "x-a, 'v\nx-b: w'", "'x-a: v\r\nx-b', w", "x-a, 'v\0'"})
    void headers_cannotBeSmuggled(String name, String value) {
        RawReceiver receiver = RawReceiver.saying(vertx, OK);
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add(name, value);

        EgressAnswer answer = post(dev(), receiver.url("/"), headers, Buffer.buffer("{}"), LONG);

        assertThat(answer.error()).isEqualTo(EgressError.INTERNAL);
        assertThat(receiver.connections).hasValue(0);
    }

    @Test
    void connection_isKept_forTheNextCall() {
        RawReceiver receiver = answeringEach(OK);
        EgressClient client = dev();

        for (int i = 0; i < 5; i++) {
            assertThat(post(client, receiver.url("/"), LONG).statusCode()).isEqualTo(200);
        }

        assertThat(receiver.connections).hasValue(1);
    }

    @Test
    void connection_isKept_whenTheNextCallFollowsAtOnce() {
        RawReceiver receiver = answeringEach(OK);
        EgressClient client = dev();
        EgressRequest request = request(client, receiver.url("/"), LONG);

        EgressAnswer answer = call(() -> client.post(request).compose(first -> client.post(request)));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(receiver.connections).hasValue(1);
    }

    // where it goes

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void redirect_isAnAnswer(int status) {
        RawReceiver canary = RawReceiver.saying(vertx, OK);
        RawReceiver receiver = RawReceiver.saying(
                vertx, "HTTP/1.1 " + status + " Go\r\nlocation: " + canary.url("/") + "\r\ncontent-length: 0\r\n\r\n");

        EgressAnswer answer = post(dev(), receiver.url("/"), LONG);

        assertThat(answer.error()).isEqualTo(EgressError.NONE);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(canary.connections).hasValue(0);
    }

    @Test
    void rebinding_isBlocked_beforeAnyConnection() {
        RawReceiver canary = RawReceiver.saying(vertx, OK);
        Deque<List<InetAddress>> answers =
                new ArrayDeque<>(List.of(TestEgress.addresses("8.8.8.8"), TestEgress.addresses("127.0.0.1")));
        EgressClient client = client(
                Map.of("webhook-allow-http", "true", "webhook-allow-ports", String.valueOf(canary.port())),
                host -> Future.succeededFuture(answers.remove()));
        String url = "http://rebind.example:" + canary.port() + "/";

        callVoid(() -> client.check("webhook.url", url(client, url)));
        EgressAnswer answer = post(client, url, LONG);

        assertThat(answer.error()).isEqualTo(EgressError.BLOCKED);
        assertThat(answer.remoteAddress()).isEmpty();
        assertThat(canary.connections).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.8.8.8,127.0.0.1",
                "127.0.0.1,8.8.8.8",
                "2606:4700::1111,::1",
                "169.254.169.254",
                "::ffff:10.0.0.1"
            })
    void name_isBlocked_whenOneAddressIsNotPublic(String addresses) {
        EgressClient client = client(Map.of(), resolvingTo(addresses.split(",", -1)));

        EgressAnswer answer = post(client, "https://mixed.example/", LONG);

        assertThat(answer.error()).isEqualTo(EgressError.BLOCKED);
        assertThat(answer.statusCode()).isZero();
        assertThat(answer.message()).isNotEmpty().doesNotContain("127.0.0.1");
    }

    @Test
    void literal_isBlocked_whenNotPublic() {
        EgressClient client = client(Map.of(), host -> Future.failedFuture("never asked"));

        assertThat(post(client, "https://127.0.0.1/", LONG).error()).isEqualTo(EgressError.BLOCKED);
        assertThat(post(client, "https://[::1]/", LONG).error()).isEqualTo(EgressError.BLOCKED);
    }

    @Test
    void proxies_areIgnored() {
        RawReceiver proxy = RawReceiver.saying(vertx, OK);
        RawReceiver receiver = RawReceiver.saying(vertx, OK);
        Map<String, String> before = new HashMap<>();
        for (String kind : List.of("http.proxy", "https.proxy", "socksProxy")) {
            for (String part : List.of("Host", "Port")) {
                before.put(kind + part, System.getProperty(kind + part));
                System.setProperty(kind + part, part.equals("Host") ? "127.0.0.1" : String.valueOf(proxy.port()));
            }
        }
        String none = System.setProperty("http.nonProxyHosts", "");
        before.put("http.nonProxyHosts", none);
        try {
            EgressAnswer answer = post(dev(), receiver.url("/"), LONG);

            assertThat(answer.remoteAddress()).isEqualTo("127.0.0.1:" + receiver.port());
            assertThat(proxy.connections).hasValue(0);
        } finally {
            before.forEach((key, value) -> {
                if (value == null) {
                    System.clearProperty(key);
                } else {
                    System.setProperty(key, value);
                }
            });
        }
    }

    @Test
    void nextAddress_isTried_whenOneRefuses() {
        RawReceiver receiver = RawReceiver.saying(vertx, OK);
        EgressClient client = client(Map.of("webhook-allow-loopback", "true"), resolvingTo("127.0.0.2", "127.0.0.1"));

        EgressAnswer answer = post(client, "http://localhost:" + receiver.port() + "/", LONG);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.remoteAddress()).isEqualTo("127.0.0.1:" + receiver.port());
        assertThat(receiver.request()).contains("\r\nhost: localhost:" + receiver.port() + "\r\n");
    }

    @Test
    void ipv6_isCalled() {
        HttpServer server =
                vertx.createHttpServer().requestHandler(r -> r.response().end("six"));
        int port = RawReceiver.get(server.listen(0, "::1")).actualPort();

        EgressAnswer answer = post(dev(), "http://[::1]:" + port + "/", LONG);

        assertThat(answer.excerpt()).hasToString("six");
        assertThat(answer.remoteAddress()).endsWith("]:" + port).startsWith("[");
    }

    // names that lead nowhere

    @Test
    void unknownName_isDns() {
        EgressClient client = client(Map.of(), host -> Future.failedFuture(new UnknownHostException(host)));

        assertThat(post(client, "https://nowhere.example/", LONG).error()).isEqualTo(EgressError.DNS);
    }

    @Test
    void brokenResolver_isDns() {
        EgressClient throwing = client(Map.of(), host -> {
            throw new IllegalStateException("closed");
        });
        EgressClient empty = client(Map.of(), host -> Future.succeededFuture(List.of()));

        assertThat(post(throwing, "https://x.example/", LONG).error()).isEqualTo(EgressError.DNS);
        assertThat(post(empty, "https://x.example/", LONG).error()).isEqualTo(EgressError.BLOCKED);
    }

    @Test
    void slowName_countsAgainstTheTimeout() {
        EgressClient client =
                client(Map.of(), host -> Promise.<List<InetAddress>>promise().future());

        EgressAnswer answer = post(client, "https://slow.example/", SHORT);

        assertThat(answer.error()).isEqualTo(EgressError.TIMEOUT);
        assertThat(answer.message()).contains("300 ms", "looking up");
    }

    @Test
    void refusedConnection_isConnect() {
        RawReceiver receiver = RawReceiver.saying(vertx, OK);
        String url = receiver.url("/secret");
        receiver.stop();

        EgressAnswer answer = post(dev(), url, LONG);

        assertThat(answer.error()).isEqualTo(EgressError.CONNECT);
        assertThat(answer.message()).isNotEmpty().doesNotContain("secret");
        assertThat(answer.remoteAddress()).isEmpty();
    }

    // receivers that do not keep to the rules

    @Test
    void hang_isTimeout_andClosesTheConnection() throws Exception {
        RawReceiver receiver = RawReceiver.answering(vertx, socket -> {});

        EgressAnswer answer = post(dev(), receiver.url("/"), SHORT);

        assertThat(answer.error()).isEqualTo(EgressError.TIMEOUT);
        assertThat(answer.statusCode()).isZero();
        assertThat(answer.latencyNanos()).isBetween(SHORT.toNanos() - 20_000_000, LONG.toNanos());
        assertThat(answer.remoteAddress()).isNotEmpty();
        receiver.closed.get(5, TimeUnit.SECONDS);
    }

    @Test
    void silentHandshake_isTimeout() {
        RawReceiver receiver = RawReceiver.answering(vertx, socket -> {});

        EgressAnswer answer = post(dev(), "https://127.0.0.1:" + receiver.port() + "/", SHORT);

        assertThat(answer.error()).isEqualTo(EgressError.TIMEOUT);
        assertThat(answer.message()).contains("connecting");
    }

    @ParameterizedTest
    @CsvSource({"'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n', 200", "'HTTP/1.1 200 OK\r\nx: ', 0"})
    void trickle_isTimeout(String start, int status) throws Exception {
        RawReceiver receiver = RawReceiver.answering(vertx, socket -> {
            socket.write(start);
            vertx.setPeriodic(50, id -> socket.write("a").onFailure(gone -> vertx.cancelTimer(id)));
        });

        EgressAnswer answer = post(dev(), receiver.url("/"), SHORT);

        assertThat(answer.error()).isEqualTo(EgressError.TIMEOUT);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.excerpt().length()).isLessThan(10);
        receiver.closed.get(5, TimeUnit.SECONDS);
    }

    @Test
    void interimStorm_isTimeout() throws Exception {
        RawReceiver receiver =
                RawReceiver.answering(vertx, socket -> flood(socket, "HTTP/1.1 100 Continue\r\n\r\n".repeat(100)));

        EgressAnswer answer = post(dev(), receiver.url("/"), SHORT);

        assertThat(answer.error()).isEqualTo(EgressError.TIMEOUT);
        receiver.closed.get(5, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-length: 1073741824\r\n\r\n", "transfer-encoding: chunked\r\n\r\n", "\r\n"})
    void endlessBody_isCut_andTheStatusCounts(String framing) throws Exception {
        RawReceiver receiver = RawReceiver.answering(vertx, socket -> {
            socket.write("HTTP/1.1 201 Created\r\n" + framing);
            flood(socket, framing.startsWith("transfer") ? "400\r\n" + "a".repeat(1024) + "\r\n" : "a".repeat(1024));
        });

        EgressAnswer answer = post(dev(), receiver.url("/"), LONG);

        assertThat(answer.error()).isEqualTo(EgressError.NONE);
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.bodyTruncated()).isTrue();
        assertThat(answer.excerpt()).hasToString("a".repeat(4096));
        receiver.closed.get(5, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({"4095, false", "4096, false", "4097, true"})
    void body_isCut_beyondTheExcerpt(int length, boolean isTruncated) {
        RawReceiver receiver = RawReceiver.saying(
                vertx, "HTTP/1.1 200 OK\r\ncontent-length: " + length + "\r\n\r\n" + "a".repeat(length));

        EgressAnswer answer = post(dev(), receiver.url("/"), LONG);

        assertThat(answer.error()).isEqualTo(EgressError.NONE);
        assertThat(answer.excerpt().length()).isEqualTo(Math.min(length, 4096));
        assertThat(answer.bodyTruncated()).isEqualTo(isTruncated);
    }

    @Test
    void bodyThatStopsAtTheExcerpt_isNotWaitedFor() {
        RawReceiver receiver = RawReceiver.saying(
                vertx, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1000\r\n" + "a".repeat(4096));

        EgressAnswer answer = post(dev(), receiver.url("/"), LONG);

        assertThat(answer.error()).isEqualTo(EgressError.NONE);
        assertThat(answer.bodyTruncated()).isTrue();
    }

    @Test
    void gzipBomb_isNotInflated() throws IOException {
        byte[] bomb = gzip(new byte[1 << 20]);
        RawReceiver receiver = RawReceiver.answering(
                vertx,
                socket -> socket.write("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: " + bomb.length
                                + "\r\n\r\n")
                        .compose(v -> socket.write(Buffer.buffer(bomb)))
                        .onFailure(gone -> {}));

        EgressAnswer answer = post(dev(), receiver.url("/"), LONG);

        assertThat(answer.error()).isEqualTo(EgressError.NONE);
        assertThat(answer.excerpt().getBytes()).isEqualTo(Arrays.copyOf(bomb, Math.min(bomb.length, 4096)));
    }

    @ParameterizedTest
    @CsvSource({"-1, 200", "0, 200", "-1, 0", "0, 0"})
    void lostConnection_keepsTheStatus(int linger, int status) {
        RawReceiver receiver = RawReceiver.start(
                vertx,
                new NetServerOptions().setSoLinger(linger),
                (socket, head) -> (status == 0
                                ? Future.<Void>succeededFuture()
                                : socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc"))
                        // The pause lets the bytes be read: a reset overtakes what waits in the buffers.
                        .onSuccess(v -> vertx.setTimer(50, id -> socket.close())));

        EgressAnswer answer = post(dev(), receiver.url("/"), LONG);

        assertThat(answer.error()).isEqualTo(EgressError.CONNECTION_LOST);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.excerpt()).hasToString(status == 0 ? "" : "abc");
        assertThat(answer.bodyTruncated()).isEqualTo(status != 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.6\r\n\r\n",
                "+PONG\r\n\r\n",
                "HTTP/9.9 200 OK\r\n\r\n",
                "HTTP/1.1 abc OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nxx",
                "HTTP/1.1 102 Processing\r\n\r\n" + OK,
                "HTTP/1.1 199 X\r\n\r\n",
            })
    void otherThanHttp_isProtocol(String answered) throws Exception {
        RawReceiver receiver = RawReceiver.saying(vertx, answered);

        EgressAnswer answer = post(dev(), receiver.url("/"), LONG);

        assertThat(answer.error()).isEqualTo(EgressError.PROTOCOL);
        assertThat(answer.message().length()).isBetween(1, 256);
        receiver.closed.get(5, TimeUnit.SECONDS);
    }

    @Test
    void interimAnswers_arePassedOver() {
        RawReceiver receiver = RawReceiver.saying(
                vertx, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + OK);

        assertThat(post(dev(), receiver.url("/"), LONG).statusCode()).isEqualTo(200);
    }

    @Test
    void headerBombs_areProtocol() {
        String many = "x-header-name: v\r\n".repeat(1_000);
        RawReceiver thousand = RawReceiver.saying(vertx, "HTTP/1.1 200 OK\r\n" + many + "\r\n");
        RawReceiver large = RawReceiver.saying(vertx, "HTTP/1.1 200 OK\r\nx: " + "y".repeat(100_000) + "\r\n\r\n");
        RawReceiver line = RawReceiver.saying(vertx, "HTTP/1.1 200 " + "O".repeat(100_000) + "\r\n\r\n");

        for (RawReceiver receiver : List.of(thousand, large, line)) {
            assertThat(post(dev(), receiver.url("/"), LONG).error()).isEqualTo(EgressError.PROTOCOL);
        }
    }

    // TLS

    @Test
    void tls_isVerified_byTheNameAskedFor() {
        TestCertificate good = authority.sign(
                "good", builder -> builder.addSanDnsName("a.test").addSanIpAddress("127.0.0.1"));
        AtomicInteger connections = new AtomicInteger();
        int port = tlsReceiver(good, ClientAuth.NONE, connections);
        EgressClient client = trusting();

        EgressAnswer byName = post(client, "https://a.test:" + port + "/", LONG);
        EgressAnswer again = post(client, "https://a.test:" + port + "/", LONG);
        EgressAnswer byAddress = post(client, "https://127.0.0.1:" + port + "/", LONG);
        EgressAnswer otherName = post(client, "https://b.test:" + port + "/", LONG);

        assertThat(byName.error()).isEqualTo(EgressError.NONE);
        assertThat(byName.excerpt()).hasToString("hello a.test:" + port + " sni a.test");
        assertThat(again.error()).isEqualTo(EgressError.NONE);
        assertThat(byAddress.error()).isEqualTo(EgressError.NONE);
        assertThat(otherName.error()).isEqualTo(EgressError.TLS);
        assertThat(otherName.message()).contains("b.test");
        assertThat(connections).hasValue(2);
    }

    @Test
    void tls_isRefused_whenNotTrusted() {
        TestCertificate selfSigned = TestCertificate.selfSigned("a.test");
        TestCertificate expired = authority.sign(
                "expired",
                builder -> builder.addSanDnsName("a.test")
                        .notBefore(daysFromNow(-5))
                        .notAfter(daysFromNow(-3)));
        TestCertificate future = authority.sign(
                "future", builder -> builder.addSanDnsName("a.test").notBefore(daysFromNow(5)));

        assertThat(tlsFault(selfSigned)).contains("trusted authority");
        assertThat(tlsFault(expired)).contains("expired");
        assertThat(tlsFault(future)).contains("not valid yet");
    }

    private static Instant daysFromNow(int days) {
        return Instant.now().plus(Duration.ofDays(days));
    }

    private String tlsFault(TestCertificate certificate) {
        int port = tlsReceiver(certificate, ClientAuth.NONE, new AtomicInteger());
        EgressAnswer answer = post(trusting(), "https://a.test:" + port + "/", LONG);
        assertThat(answer.error()).isEqualTo(EgressError.TLS);
        assertThat(answer.statusCode()).isZero();
        return answer.message();
    }

    @Test
    void tls_isRefused_byTheJvmsOwnTrust() {
        TestCertificate good = authority.sign("private", "localhost");
        int port = tlsReceiver(good, ClientAuth.NONE, new AtomicInteger());

        EgressAnswer answer = post(dev(), "https://localhost:" + port + "/", LONG);

        assertThat(answer.error()).isEqualTo(EgressError.TLS);
    }

    @Test
    void plainReceiver_isTls_whenCalledByHttps() {
        RawReceiver receiver = RawReceiver.start(vertx, new NetServerOptions(), (socket, head) -> {});
        HttpServer http =
                vertx.createHttpServer().requestHandler(r -> r.response().end());
        int port = RawReceiver.get(http.listen(0, "127.0.0.1")).actualPort();

        EgressAnswer answer = post(dev(), "https://127.0.0.1:" + port + "/", LONG);

        assertThat(answer.error()).isEqualTo(EgressError.TLS);
        assertThat(receiver.connections).hasValue(0);
    }

    @Test
    void clientCertificate_isShown_toThoseWhoAsk() {
        TestCertificate server = authority.sign("server", "a.test");
        TestCertificate own = authority.sign("own", "own.test");
        AtomicInteger connections = new AtomicInteger();
        int port = tlsReceiver(server, ClientAuth.REQUIRED, connections);
        EgressClient client = trusting();
        EgressRequest request = request(client, "https://a.test:" + port + "/", LONG);
        EgressRequest withOwn =
                new EgressRequest(request.url(), request.headers(), request.body(), LONG, Optional.of(own.clientTls()));

        EgressAnswer first = call(() -> client.post(withOwn));
        EgressAnswer second = call(() -> client.post(new EgressRequest(
                request.url(),
                request.headers(),
                request.body(),
                LONG,
                Optional.of(new ClientTls(own.certificate().copy(), own.key().copy())))));
        EgressAnswer without = call(() -> client.post(request));

        assertThat(first.error()).isEqualTo(EgressError.NONE);
        assertThat(second.error()).isEqualTo(EgressError.NONE);
        assertThat(connections).hasValue(1);
        assertThat(without.error()).isIn(EgressError.TLS, EgressError.CONNECTION_LOST);
    }

    @Test
    void badClientCertificate_isInternal() {
        int port = tlsReceiver(authority.sign("server2", "a.test"), ClientAuth.NONE, new AtomicInteger());
        EgressClient client = trusting();
        EgressRequest request = request(client, "https://a.test:" + port + "/", LONG);

        EgressAnswer answer = call(() -> client.post(new EgressRequest(
                request.url(),
                request.headers(),
                request.body(),
                LONG,
                Optional.of(new ClientTls(Buffer.buffer("no"), Buffer.buffer("pem"))))));

        assertThat(answer.error()).as(answer.message()).isEqualTo(EgressError.INTERNAL);
    }

    @Test
    void callsUnderWay_endAsLost_whenTheClientCloses() {
        RawReceiver receiver = RawReceiver.answering(vertx, socket -> {});
        EgressClient client = dev();
        EgressRequest request = request(client, receiver.url("/"), LONG);

        EgressAnswer answer = call(() -> {
            Future<EgressAnswer> open = client.post(request);
            vertx.setPeriodic(10, id -> {
                if (receiver.connections.get() == 1) {
                    vertx.cancelTimer(id);
                    client.close().onComplete((done, failure) -> {});
                }
            });
            return open;
        });

        assertThat(answer.error()).isEqualTo(EgressError.CONNECTION_LOST);
    }

    @Test
    void closedClient_answersToo() {
        EgressClient client = dev();
        callVoid(client::close);

        assertThat(post(client, "http://127.0.0.1:9/", LONG).error()).isEqualTo(EgressError.INTERNAL);
    }

    // checks ahead of any call

    @Test
    void check_refusesWhatACallWouldRefuse() {
        EgressClient mixed = client(Map.of(), resolvingTo("8.8.8.8", "10.0.0.1"));
        EgressClient unknown = client(Map.of(), host -> Future.failedFuture(new UnknownHostException(host)));

        callVoid(
                () -> client(Map.of(), resolvingTo("8.8.8.8")).check("webhook.url", url(mixed, "https://ok.example/")));
        callVoid(() -> mixed.check("webhook.url", url(mixed, "https://8.8.8.8/")));
        assertRefused(mixed, "https://127.0.0.1/", Reason.FIELD_INVALID);
        assertRefused(mixed, "https://[fd00::1]/", Reason.FIELD_INVALID);
        assertRefused(mixed, "https://mixed.example/", Reason.DESTINATION_REFUSED);
        assertRefused(unknown, "https://nowhere.example/", Reason.DESTINATION_REFUSED);
    }

    private static void assertRefused(EgressClient client, String url, Reason reason) {
        assertThatThrownBy(() -> callVoid(() -> client.check("webhook.url", url(client, url))))
                .hasRootCauseInstanceOf(Failure.class)
                .rootCause()
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.reason()).isEqualTo(reason));
    }

    // set-up

    private static final Map<EgressClient, AddressRules> RULES = new HashMap<>();

    private static EgressClient client(Map<String, String> flags, HostResolver resolver) {
        AddressRules rules = TestEgress.rules(flags);
        EgressClient client = new EgressClient(vertx, TestEgress.config(flags), rules, resolver, 64);
        RULES.put(client, rules);
        return client;
    }

    private static EgressClient dev() {
        return client(Map.of("webhook-allow-loopback", "true"), resolvingTo("127.0.0.1"));
    }

    private static EgressClient trusting() {
        return client(
                Map.of(
                        "webhook-allow-loopback", "true",
                        "webhook-allow-hosts", "*.test",
                        "webhook-ca-file", caFile.toString()),
                resolvingTo("127.0.0.1"));
    }

    private static HostResolver resolvingTo(String... addresses) {
        return host -> Future.succeededFuture(TestEgress.addresses(addresses));
    }

    private static EgressUrl url(EgressClient client, String url) {
        return TestEgress.url(url, Objects.requireNonNull(RULES.get(client)));
    }

    private static EgressRequest request(EgressClient client, String url, Duration timeout) {
        return new EgressRequest(
                url(client, url), MultiMap.caseInsensitiveMultiMap(), Buffer.buffer("{}"), timeout, Optional.empty());
    }

    private static EgressAnswer post(EgressClient client, String url, Duration timeout) {
        EgressRequest request = request(client, url, timeout);
        return call(() -> client.post(request));
    }

    private static EgressAnswer post(EgressClient client, String url, MultiMap headers, Buffer body, Duration timeout) {
        EgressRequest request = new EgressRequest(url(client, url), headers, body, timeout, Optional.empty());
        return call(() -> client.post(request));
    }

    private static void callVoid(Supplier<Future<Void>> work) {
        Object unused = call(() -> work.get().map("done"));
    }

    private static <T> T call(Supplier<Future<T>> work) {
        Promise<T> result = Promise.promise();
        context.runOnContext(v -> work.get().onComplete(result));
        return RawReceiver.get(result.future());
    }

    private static RawReceiver answeringEach(String answer) {
        return RawReceiver.start(vertx, new NetServerOptions(), (socket, soFar) -> {
            // Each request is as long as the others, so each whole one ends with its body.
            if (soFar.toString().endsWith("{}")) {
                socket.write(answer);
            }
        });
    }

    private static void flood(NetSocket socket, String text) {
        while (!socket.writeQueueFull()) {
            socket.write(text).onFailure(gone -> {});
        }
        socket.drainHandler(v -> flood(socket, text));
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    private static int tlsReceiver(TestCertificate certificate, ClientAuth auth, AtomicInteger connections) {
        HttpServerOptions options = new HttpServerOptions()
                .setSsl(true)
                .setSni(true)
                .setKeyCertOptions(certificate.options())
                .setTrustOptions(new PemTrustOptions().addCertValue(authority.certificate()))
                .setClientAuth(auth);
        HttpServer server = vertx.createHttpServer(options)
                .connectionHandler(connection -> connections.incrementAndGet())
                .requestHandler(request -> request.response()
                        .end("hello " + request.getHeader("host") + " sni "
                                + request.connection().indicatedServerName()));
        return RawReceiver.get(server.listen(0, "127.0.0.1")).actualPort();
    }
}
