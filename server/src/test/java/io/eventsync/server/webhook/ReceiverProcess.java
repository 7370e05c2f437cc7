package io.eventsync.server.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventsync.server.webhook.SampleWebhooks.Sample;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A receiver that runs as its own process, told by its environment where to listen, and tells by its output what it does. */
final class ReceiverProcess implements AutoCloseable {
    private static final String LISTENING = "listening on ";
    private static final long SECONDS_MAX = 30;

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;

    private ReceiverProcess(Process process) throws InterruptedException {
        this.process = process;
        Thread reader = new Thread(this::read, "receiver-output");
        reader.setDaemon(true);
        reader.start();
        String first = next();
        if (!first.startsWith(LISTENING)) {
            close();
            throw new AssertionError("the receiver did not start: " + first + ", " + lines);
        }
        this.port = Integer.parseInt(first.substring(LISTENING.length()));
    }

    static ReceiverProcess start(String secret, Path folder, List<String> command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(Map.of("PORT", "0", "SECRET", secret));
        builder.environment().keySet().removeIf(name -> name.startsWith("JAVA_") || name.startsWith("JDK_"));
        try {
            return new ReceiverProcess(builder.start());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("cannot run " + command, e);
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader(UTF_8)) {
            output.lines().forEach(lines::add);
        } catch (IOException e) {
            lines.add("its output ended: " + e);
        }
    }

    private String next() throws InterruptedException {
        String line = lines.poll(SECONDS_MAX, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("the receiver said nothing for " + SECONDS_MAX + " s");
        }
        return line;
    }

    String url() {
        return "http://127.0.0.1:" + port + "/hook";
    }

    /** Answers the status. */
    int post(Sample sample) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url()))
                .timeout(Duration.ofSeconds(SECONDS_MAX))
                .POST(BodyPublishers.ofByteArray(sample.body()));
        sample.headers().forEach(header -> request.header(header.name(), header.value()));
        return http.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    /** What it said it handled since the last time, up to this one. */
    List<String> handledUntil(String webhookId) throws InterruptedException {
        List<String> handled = new ArrayList<>();
        do {
            handled.add(next());
        } while (!handled.get(handled.size() - 1).equals("handled " + webhookId));
        return handled;
    }

    @Override
    public void close() {
        Object unused = process.destroyForcibly().onExit().join();
    }
}
