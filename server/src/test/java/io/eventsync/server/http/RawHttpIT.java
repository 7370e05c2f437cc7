package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients send that speak HTTP/1.1 badly, or all too well. Nothing of it is stored. */
class RawHttpIT {
    private static final String BODY = "{\"event\":{\"tag\":\"SMUGGLED\"}}";
    private static final int HEADER_SECONDS = 2;

    private static TestServer server;

    @BeforeAll
    static void startServer() {
        server = TestServer.start(Map.of("http-header-timeout", HEADER_SECONDS + "s", "http-idle-timeout", "1s"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "both lengths | POST /v1/events | Content-Length: 28~Transfer-Encoding: chunked | 400",
                "two lengths | POST /v1/events | Content-Length: 28~Content-Length: 5 | 400",
                "same length twice | POST /v1/events | Content-Length: 28~Content-Length: 28 | 400",
                "list of lengths | POST /v1/events | Content-Length: 28, 28 | 400",
                "negative length | POST /v1/events | Content-Length: -1 | 400",
                "signed length | POST /v1/events | Content-Length: +28 | 400",
                "length with hex | POST /v1/events | Content-Length: 0x1c | 400",
                "length of 23 digits | POST /v1/events | Content-Length: 99999999999999999999999 | 400",
                "chunked is not last | POST /v1/events | Transfer-Encoding: chunked, identity | 400",
                "unknown coding | POST /v1/events | Transfer-Encoding: xchunked | 400",
                "gzip, then chunked | POST /v1/events | Transfer-Encoding: gzip, chunked | 415",
                "space before the colon | POST /v1/events | Transfer-Encoding : chunked | 400",
                "too long | POST /v1/events | Content-Length: 2000000000 | 413",
                "NUL in a header | GET /v1/log | X: a\u0000b | 400",
                "header of 9 kB | GET /v1/log | X: LONG | 431",
                "line of 9 kB | GET /v1/log?x=LONG | `` | 414",
                "parent folder | GET /v1/../v1/log | `` | 400",
                "encoded parent folder | GET /v1/%2e%2E/v1/log | `` | 400",
                "half encoded parent folder | GET /v1/.%2e/log | `` | 400",
                "empty segment | GET //v1/log | `` | 404",
                "empty segment inside | GET /v1//log | `` | 404",
                "slash at the end | GET /v1/log/ | `` | 404",
                "path parameter | GET /v1/log;a=b | `` | 404",
                "encoded letter | GET /v1/%6cog | `` | 404",
                "encoded NUL | GET /v1/log%00 | `` | 400",
                "overlong slash | GET /v1%c0%aflog | `` | 400",
                "encoded line break | GET /v1/events/a%0d%0aX:b | `` | 400",
                "backslash | GET /v1\\log | `` | 400",
                "fragment | GET /v1/log#a | `` | 400",
                "not UTF-8 | GET /v1/events/\u00e9 | `` | 400",
                "no slash | GET v1/log | `` | 400",
                "asterisk | GET * | `` | 400",
                "asterisk, asked for options | OPTIONS * | `` | 204",
                "absolute form | GET http://localhost/v1/log | `` | 200",
                "tunnel | CONNECT localhost:80 | `` | 400",
                "trace | TRACE /v1/log | `` | 405",
                "unknown method | BREW /v1/log | `` | 405",
                "WebSocket | GET /v1/log | Connection: Upgrade~Upgrade: websocket~Sec-WebSocket-Version: 13 | 200",
            })
    void oddRequest_getsItsAnswer(String name, String line, String headers, int status) throws IOException {
        long stored = server.storedEvents();
        String lines = (headers.isEmpty() ? "" : headers.replace("~", "\r\n") + "\r\n")
                + (headers.contains("Connection") ? "" : "Connection: close\r\n");
        String request = (line + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + lines + "\r\n")
                .replace("LONG", "a".repeat(9_000));

        String answer = send(request + (line.startsWith("POST") ? BODY : ""));

        assertThat(answer).startsWith("HTTP/1.").contains(" " + status + " ");
        assertThat(server.storedEvents()).isEqualTo(stored);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "GET /v1/log HTTP/1.1~Connection: close~~ | 400",
                "GET /v1/log HTTP/1.1~Host: localhost~Host: localhost~Connection: close~~ | 400",
                "GET /v1/log HTTP/1.1~Host: evil.example.org~Connection: close~~ | 403",
                "GET /v1/log HTTP/1.1~Host: 127.0.0.1.evil.example.org~Connection: close~~ | 403",
                "GET /v1/log HTTP/1.1~Host: a b~Connection: close~~ | 400",
                "GET /v1/log HTTP/1.1~Host: localhost:99~Connection: close~~ | 200",
                "GET /v1/log HTTP/1.1~Host: [::1]:99~Connection: close~~ | 200",
                "GET /v1/log HTTP/1.0~~ | 200",
                "GET /v1/log HTTP/3.0~Host: localhost~~ | 501",
                "hello~~ | 400",
            })
    void oddHost_getsItsAnswer(String request, int status) throws IOException {
        assertThat(send(request.replace("~", "\r\n"))).startsWith("HTTP/").contains(" " + status + " ");
    }

    @Test
    void body_isAskedFor_whenTheClientWaitsToBe() throws IOException {
        String answer = send(String.join(
                "\r\n",
                "POST /v1/events HTTP/1.1",
                "Host: localhost",
                "Content-Type: application/json",
                "Expect: 100-continue",
                "Connection: close",
                "Content-Length: 2",
                "",
                "{}"));

        assertThat(answer).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 Bad Request");
    }

    /** gRPC-Web is what a page can send, and a page whose name was made to point here is of one origin with the server. */
    @ParameterizedTest
    @CsvSource({
        "Host: evil.example:7300, 403",
        "Host: localhost~Origin: https://evil.example, 403",
        "Host: localhost~Origin: null, 403",
        "Host: localhost, 200"
    })
    void pageOfAnother_mayNotSpeakGrpcWebEither(String headers, int status) throws IOException {
        for (String type : List.of("application/grpc-web+proto", "application/grpc-web-text", "application/grpc")) {
            String answer = send("POST /eventsync.v1.EventService/ListTags HTTP/1.1\r\n" + headers.replace("~", "\r\n")
                    + "\r\nContent-Type: " + type
                    + "\r\nContent-Length: 5\r\nConnection: close\r\n\r\n\0\0\0\0\0");

            if (status == 200) {
                assertThat(answer).doesNotContain("HTTP/1.1 403");
            } else {
                assertThat(answer).startsWith("HTTP/1.1 403").contains("ORIGIN_REFUSED");
            }
        }
    }

    @Test
    void pipelinedRequests_areAnsweredInOrder() throws IOException {
        String answer =
                send("GET /v1/log HTTP/1.1\r\nHost: localhost\r\n\r\nGET /v1/no HTTP/1.1\r\nHost: localhost\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 200").contains("}\nHTTP/1.1 404");
    }

    /** The connection is closed, as whoever reads on could read anything. */
    @Test
    void endlessBody_isCutOff() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write(String.join(
                                    "\r\n",
                                    "POST /v1/events HTTP/1.1",
                                    "Host: localhost",
                                    "Content-Type: application/json",
                                    "Transfer-Encoding: chunked",
                                    "",
                                    "")
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] chunk = ("10000\r\n" + " ".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            long sent = 0;
            try {
                while (sent < 256 << 20) {
                    socket.getOutputStream().write(chunk);
                    sent += chunk.length;
                }
            } catch (SocketException closed) {
                return;
            }
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                org.assertj.core.api.Assertions.assertThatThrownBy(
                                () -> socket.getOutputStream().write(chunk))
                        .isInstanceOf(SocketException.class);
            });
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"''", "PRI * HT", "G", "GET /v1/log HTTP/1.1~Host: localhost~X: "})
    void connection_isClosed_whenItsFirstRequestDoesNotCome(String start) throws IOException {
        long begin = System.nanoTime();
        try (Socket socket = connect()) {
            socket.getOutputStream().write(start.replace("~", "\r\n").getBytes(StandardCharsets.US_ASCII));

            assertThat(readAll(socket)).isEmpty();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(HEADER_SECONDS + 4));
    }

    @Test
    void connection_isClosed_whenNoOtherRequestComes() throws IOException {
        String answer = send("GET /v1/log HTTP/1.1\r\nHost: localhost\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 200");
    }

    /** The timeouts are for connections that wait for a request, not for quiet streams. */
    @Test
    void stream_staysOpen_whenItIsQuietForLongerThanTheTimeouts() throws IOException {
        try (Socket socket = connect()) {
            socket.setSoTimeout((HEADER_SECONDS + 3) * 1_000);
            socket.getOutputStream()
                    .write("GET /v1/events:subscribe HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            ByteArrayOutputStream read = new ByteArrayOutputStream();

            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> socket.getInputStream().transferTo(read))
                    .isInstanceOf(SocketTimeoutException.class);
            assertThat(read.toString(StandardCharsets.UTF_8)).contains("STATE_LIVE");
        }
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(15_000);
        return socket;
    }

    /** Sends and reads until the server closes. */
    private static String send(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return readAll(socket);
        }
    }

    private static String readAll(Socket socket) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try {
            long unused = socket.getInputStream().transferTo(read);
        } catch (SocketException reset) {
            // What came before it counts.
        }
        return read.toString(StandardCharsets.UTF_8);
    }
}
