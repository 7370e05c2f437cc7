package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Edge;
import io.eventsync.loadtest.Main;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A webhook receiver in a JVM of its own, started from this program's class path. */
final class ReceiverProcess implements AutoCloseable {

    private static final Duration ASK_MAX = Duration.ofSeconds(30);
    private static final long STOP_SECONDS_MAX = 5;

    private final Vertx vertx;
    private final Process process;
    private final String baseUrl;
    private final HttpClient http;

    private ReceiverProcess(Vertx vertx, Process process, String baseUrl, HttpClient http) {
        this.vertx = vertx;
        this.process = process;
        this.baseUrl = baseUrl;
        this.http = http;
    }

    /** @param log gets a line for each request, unless null */
    static ReceiverProcess start(Vertx vertx, @Nullable Path log) {
        String java = System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
        List<String> command = new ArrayList<>(List.of(
                java,
                "-Xms512m",
                "-Xmx512m",
                "-XX:+UseParallelGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "receiver",
                "--port",
                "0",
                // Should this process be killed, that one does not stay for ever.
                "--duration",
                "30m"));
        if (log != null) {
            command.addAll(List.of("--log", log.toString()));
        }
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String line = process.inputReader().readLine();
            if (line == null) {
                process.destroyForcibly();
                throw new IllegalStateException("the receiver ended before it listened");
            }
            return new ReceiverProcess(vertx, process, line.strip(), vertx.createHttpClient());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url(String endpoint) {
        return baseUrl + "/hook/" + endpoint;
    }

    /** Events that were taken since the last reset, each counted once. */
    long accepted() {
        return new JsonObject(ask(HttpMethod.GET, "/accepted", Buffer.buffer())).getLong("accepted");
    }

    void behave(String endpoint, String mode) {
        Buffer ignored = ask(
                HttpMethod.PUT,
                "/control/" + endpoint,
                new JsonObject().put("mode", mode).toBuffer());
    }

    /** Forgets what it was sent. */
    void reset() {
        Buffer ignored = ask(HttpMethod.DELETE, "/journal", Buffer.buffer());
    }

    /** All of it on one event loop: a body that comes before somebody asks for it is lost. */
    private Buffer ask(HttpMethod method, String path, Buffer body) {
        Promise<Buffer> answer = Promise.promise();
        vertx.runOnContext(
                ignored -> http.request(new RequestOptions().setMethod(method).setAbsoluteURI(baseUrl + path))
                        .compose(request -> request.send(body))
                        .compose(response -> response.body())
                        .onComplete(answer));
        return Edge.await(answer.future(), ASK_MAX);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
