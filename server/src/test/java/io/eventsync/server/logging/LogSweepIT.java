package io.eventsync.server.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.eventsync.server.TestServer;
import io.eventsync.server.delivery.TestReceiver;
import io.eventsync.server.logging.LoggingConfig.Level;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The log of a busy server, searched for what must not be in it; and its level, changed while it runs. */
class LogSweepIT {
    private static final String ADMIN = "admin-token-that-nobody-may-read-in-a-log";
    private static final String MARKER = "PAYLOAD-b7ad6b-OF-SOMEBODY";
    private static final String ANSWER = "ANSWER-b7ad6b-OF-A-RECEIVER";
    private static final Pattern HEX = Pattern.compile("(?:[0-9a-fA-F]{2}){16,}");
    private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/_-]{20,}");

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final ch.qos.logback.classic.Level before = root.getLevel();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            // JSON logs have all of these.
            lines.add(event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage() + " "
                    + event.getKeyValuePairs() + " " + event.getMDCPropertyMap() + " "
                    + (event.getThrowableProxy() == null
                            ? ""
                            : ThrowableProxyUtil.asString(event.getThrowableProxy())));
        }
    };

    @BeforeEach
    void listen() {
        appender.start();
        root.addAppender(appender);
    }

    @AfterEach
    void stopListening() {
        root.detachAppender(appender);
        root.setLevel(before);
    }

    private static HttpResponse<String> post(TestServer server, String path, String body, String token) {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                                    .header("content-type", "application/json")
                                    .header("authorization", "Bearer " + token)
                                    .POST(HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String event(String id, String json) {
        return new JsonObject()
                .put(
                        "event",
                        new JsonObject()
                                .put("id", id)
                                .put("tag", "BUSY")
                                .put("message", "m " + MARKER)
                                .put("key", "k " + MARKER)
                                .put("attributes", new JsonObject().put("a", "v " + MARKER))
                                .put("json", json))
                .encode();
    }

    @Test
    void logs_haveNoPayloadsAndNoSecrets_atTheirMost() {
        String payload = "{\"p\":\"" + MARKER + "\"}";
        try (TestServer server = TestServer.start(Map.of("auth-mode", "required", "auth-admin-token", ADMIN));
                TestReceiver receiver = new TestReceiver()) {
            assertThat(setLevel(server, "LOG_LEVEL_DEBUG", "").statusCode()).isEqualTo(200);
            assertThat(setLevel(server, "LOG_LEVEL_TRACE", "io.eventsync").statusCode())
                    .isEqualTo(200);
            receiver.answerBy(
                    "/hook",
                    (request, one) -> request.response().setStatusCode(500).end(ANSWER));
            String token = new JsonObject(post(
                                    server,
                                    "/v1/tokens",
                                    "{\"token\":{\"displayName\":\"t\",\"grants\":[{\"action\":\"ACTION_INGEST\"}]}}",
                                    ADMIN)
                            .body())
                    .getString("secret");
            String hook = new JsonObject(post(
                                    server,
                                    "/v1/endpoints",
                                    "{\"endpoint\":{\"name\":\"hook\",\"filter\":{\"tagPrefixes\":[\"BUSY\"]},\"webhook\":{\"url\":\""
                                            + receiver.url("/hook") + "\"}}}",
                                    ADMIN)
                            .body())
                    .getString("signingSecret");

            for (int i = 0; i < 200; i++) {
                assertThat(post(server, "/v1/events", event("e" + i, payload), token)
                                .statusCode())
                        .isEqualTo(200);
            }
            assertThat(post(server, "/v1/events", event("e1", payload + " "), token)
                            .statusCode())
                    .as("other content under a known id")
                    .isEqualTo(409);
            assertThat(post(server, "/v1/events", event("bad", payload + "{"), token)
                            .statusCode())
                    .isEqualTo(400);
            assertThat(post(server, "/v1/events", "{\"event\":{\"" + MARKER, token)
                            .statusCode())
                    .isEqualTo(400);
            assertThat(post(server, "/v1/events", event("e", payload), token + "x")
                            .statusCode())
                    .isEqualTo(401);
            // Errors of the database are logged, and some quote what they were given.
            server.execute("alter table eventsync.mark rename to gone");
            assertThat(post(server, "/v1/events", event("lost", payload), token).statusCode())
                    .isGreaterThanOrEqualTo(500);
            server.execute("alter table eventsync.gone rename to mark");
            // As many as open its breaker; there may be no more.
            await().until(() -> receiver.received().size() >= 10);

            assertThat(LoggerFactory.getLogger("io.eventsync.any").isTraceEnabled())
                    .isTrue();
            assertThat(lines).anyMatch(line -> line.contains("failed"));
            assertThat(hook).startsWith("whsec_");
            Map<String, String> secrets = Map.of(
                    "payload",
                    MARKER,
                    "answer",
                    ANSWER,
                    "admin token",
                    ADMIN,
                    "token",
                    token,
                    "webhook",
                    hook.substring(6));
            Set<String> leaks = new TreeSet<>();
            for (String line : lines) {
                String readable = decoded(line);
                secrets.forEach((name, secret) -> {
                    if (readable.contains(secret)) {
                        leaks.add(name + " in a line of " + line.substring(0, line.indexOf(' ', 6)));
                    }
                });
            }
            assertThat(leaks).isEmpty();
        } finally {
            assertThat(LogLevels.set("io.eventsync", null)).isPresent();
        }
    }

    /** The line, and after it what in it may be bytes as hex or base64. */
    private static String decoded(String line) {
        StringBuilder decoded = new StringBuilder(line);
        HEX.matcher(line)
                .results()
                .forEach(hex -> decoded.append(' ').append(text(HexFormat.of().parseHex(hex.group()))));
        BASE64.matcher(line).results().forEach(base64 -> {
            String whole = base64.group().replace('-', '+').replace('_', '/');
            String groups = whole.substring(0, whole.length() & ~3);
            decoded.append(' ').append(text(Base64.getDecoder().decode(groups)));
        });
        return decoded.toString();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static HttpResponse<String> setLevel(TestServer server, String level, String logger) {
        return post(
                server,
                "/v1/server:set-log-level",
                "{\"level\":\"" + level + "\",\"logger\":\"" + logger + "\"}",
                ADMIN);
    }

    @Test
    void level_changesWhileTheServerRuns_andIsWrittenDown() {
        root.setLevel(ch.qos.logback.classic.Level.INFO);
        try (TestServer server = TestServer.start(Map.of("auth-mode", "required", "auth-admin-token", ADMIN))) {
            String name = "io.eventsync.server.grpc";
            JsonObject changed =
                    new JsonObject(setLevel(server, "LOG_LEVEL_DEBUG", name).body());

            assertThat(changed.getString("previousLevel")).isEqualTo("LOG_LEVEL_INFO");
            assertThat(changed.getString("level")).isEqualTo("LOG_LEVEL_DEBUG");
            assertThat(LoggerFactory.getLogger(name + ".Call").isDebugEnabled()).isTrue();
            assertThat(LoggerFactory.getLogger("io.eventsync.server.http").isDebugEnabled())
                    .isFalse();
            assertThat(lines)
                    .anyMatch(line -> line.contains("log level changed logger=" + name + " before=INFO now=DEBUG"));
            assertThat(server.query("select message from eventsync.events where tag = '$SYSTEM.AUDIT.SET_LOG_LEVEL'"))
                    .singleElement()
                    .asString()
                    .contains(name);

            assertThat(new JsonObject(setLevel(server, "LOG_LEVEL_UNSPECIFIED", name)
                                    .body())
                            .getString("level"))
                    .isEqualTo("LOG_LEVEL_INFO");
            assertThat(LoggerFactory.getLogger(name + ".Call").isDebugEnabled()).isFalse();
            assertThat(setLevel(server, "LOG_LEVEL_UNSPECIFIED", "").body()).contains("FIELD_INVALID", "level");
            assertThat(setLevel(server, "LOG_LEVEL_INFO", "no.such.logger").body())
                    .contains("FIELD_INVALID", "logger");
            assertThat(post(server, "/v1/server:set-log-level", "{\"level\":\"LOG_LEVEL_INFO\"}", "nobody")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(LogLevels.set("", Level.INFO)).hasValue(new LogLevels.Change(Level.INFO, Level.INFO));
        }
    }
}
