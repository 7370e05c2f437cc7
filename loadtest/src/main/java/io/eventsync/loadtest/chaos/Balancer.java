package io.eventsync.loadtest.chaos;

import io.eventsync.loadtest.rpc.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An HAProxy that speaks HTTP/2 to both sides and asks the servers' /readyz whom to send calls to. */
final class Balancer implements AutoCloseable {

    private static final Duration START_MAX = Duration.ofSeconds(10);
    private static final long STOP_SECONDS_MAX = 5;

    private static final String CONFIG = """
            global
              maxconn 2000
            defaults
              mode http
              timeout connect 2s
              timeout client 1h
              timeout server 1h
              timeout http-request 10s
              option redispatch
              retries 3
              retry-on conn-failure empty-response 503
            frontend eventsync
              bind 127.0.0.1:{port} proto h2
              default_backend nodes
            backend nodes
              balance roundrobin
              option httpchk GET /readyz
              default-server check inter 300ms fall 1 rise 1 proto h2 on-marked-down shutdown-sessions
            """;

    private final Process process;
    private final int port;

    private Balancer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** @param adminPorts of the servers, in their order */
    static Balancer start(Path program, Path work, int port, List<Target> servers, List<Integer> adminPorts) {
        StringBuilder config = new StringBuilder(CONFIG.replace("{port}", Integer.toString(port)));
        for (int i = 0; i < servers.size(); i++) {
            config.append("  server node").append(i + 1).append(' ').append(servers.get(i));
            config.append(" port ").append(adminPorts.get(i)).append(" check-proto h1\n");
        }
        try {
            Path file = Files.writeString(work.resolve("haproxy.cfg"), config.toString());
            Process process = new ProcessBuilder(program.toString(), "-db", "-f", file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(work.resolve("haproxy.log").toFile())
                    .start();
            Balancer balancer = new Balancer(process, port);
            if (!Waiting.until(balancer::isListening, START_MAX)) {
                balancer.close();
                throw new IllegalStateException("HAProxy does not listen; see " + work.resolve("haproxy.log"));
            }
            return balancer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Target target() {
        return new Target("127.0.0.1", port);
    }

    private boolean isListening() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
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
