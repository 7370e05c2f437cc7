package io.eventsync.loadtest.chaos;

import io.eventsync.loadtest.cluster.Cluster;
import io.eventsync.loadtest.cluster.ServerNode;
import io.eventsync.loadtest.rpc.Target;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Puts a rig together. What was built is taken down again if the rest cannot be. */
final class RigBuilder {

    private final Vertx vertx;
    private final RigOptions options;
    private final Ports ports = new Ports();
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final List<Integer> adminPorts = new ArrayList<>();

    private RigBuilder(Vertx vertx, RigOptions options) {
        this.vertx = vertx;
        this.options = options;
    }

    /** Blocks until all servers answer. */
    static Rig build(Vertx vertx, RigOptions options) {
        RigBuilder builder = new RigBuilder(vertx, options);
        boolean isBuilt = false;
        try {
            Rig rig = builder.build();
            isBuilt = true;
            return rig;
        } finally {
            if (!isBuilt) {
                builder.parts.forEach(Rig::close);
            }
        }
    }

    private Rig build() {
        Disk disk = add(disk());
        Optional<Gate> databaseGate = Optional.empty();
        Postgres postgres;
        if (options.isEmbedded()) {
            postgres = new EmbeddedPostgres(disk.folder().resolve("data"));
        } else if (options.databaseUrl().isPresent()) {
            postgres = new Postgres.Foreign(options.databaseUrl());
        } else {
            int port = ports.next();
            if (options.hasDatabaseGate()) {
                databaseGate = Optional.of(add(Gate.open(vertx, ports.next(), port, toDatabase())));
            }
            postgres = add(OwnPostgres.create(
                    options.postgresPrograms().orElseGet(this::carriedPrograms),
                    disk.folder().resolve("postgres"),
                    port,
                    databaseGate.map(Gate::port).orElse(port),
                    options.postgresSettings(),
                    options.work().resolve("postgres.log")));
        }
        Cluster cluster = add(new Cluster(vertx, servers(disk, postgres), options.giveUpAfter()));
        cluster.start();
        List<Gate> gates = gates(cluster.nodes());
        return new Rig(
                options.work(), disk, postgres, cluster, gates, databaseGate, targets(cluster.nodes(), gates), parts);
    }

    private <T extends AutoCloseable> T add(T part) {
        parts.push(part);
        return part;
    }

    private Disk disk() {
        Path folder = folder("disk");
        if (options.faults().contains(FaultKind.POWER_CUT)) {
            return Disk.Loop.mount(folder, options.work().resolve("disk.img"), options.diskMegabytes());
        }
        if (options.faults().contains(FaultKind.DISK_FULL)) {
            return Disk.Memory.mount(folder, options.diskMegabytes());
        }
        return new Disk.Folder(folder);
    }

    private Path folder(String name) {
        try {
            return Files.createDirectories(options.work().resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of a server's own Postgres: it unpacks them at its first start. */
    private Path carriedPrograms() {
        Path home = options.work().resolve("carried");
        ServerNode node = ServerNode.of(
                command(List.of("--data-dir=" + home, "--admin-enabled=false")),
                Map.of(),
                new Target("127.0.0.1", ports.next()),
                options.work().resolve("carried.log"));
        try (Cluster alone = new Cluster(vertx, List.of(node), options.giveUpAfter())) {
            alone.start();
        }
        try (Stream<Path> folders = Files.list(home)) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith("pg-"))
                    .findFirst()
                    .orElseThrow()
                    .resolve("bin");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<ServerNode> servers(Disk disk, Postgres postgres) {
        byte[] key = new byte[32];
        new SplittableRandom().nextBytes(key);
        List<ServerNode> servers = new ArrayList<>();
        for (int i = 0; i < options.nodes(); i++) {
            int adminPort = ports.next();
            adminPorts.add(adminPort);
            List<String> more = new ArrayList<>(List.of("--admin-port=" + adminPort, "--webhook-allow-loopback=true"));
            Map<String, String> environment = new HashMap<>();
            if (options.isEmbedded()) {
                more.add("--data-dir=" + disk.folder().resolve("data"));
            } else {
                more.add("--database-url=" + postgres.url().orElseThrow());
                environment.put("EVENTSYNC_SECRETS_KEY", Base64.getEncoder().encodeToString(key));
            }
            if (options.faults().contains(FaultKind.CLOCK)) {
                environment.putAll(clock(i));
            }
            more.addAll(options.serverOptions());
            servers.add(ServerNode.of(
                    command(more),
                    environment,
                    new Target("127.0.0.1", ports.next()),
                    options.work().resolve("server-" + (i + 1) + ".log")));
        }
        return servers;
    }

    private List<String> command(List<String> more) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> words = new ArrayList<>(List.of(
                java.toString(),
                "-Xmx" + options.heap(),
                "-XX:+ExitOnOutOfMemoryError",
                "-jar",
                options.serverJar().toString(),
                "serve"));
        words.addAll(more);
        return words;
    }

    /** The wall clock of this server is what a file says; the clocks that timers go by are left alone. */
    private Map<String, String> clock(int number) {
        Path file = Rig.clockFile(options.work(), number);
        try {
            Files.writeString(file, "+0\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of(
                "LD_PRELOAD",
                FakeTime.library().orElseThrow().toString(),
                "FAKETIME_TIMESTAMP_FILE",
                file.toString(),
                "FAKETIME_CACHE_DURATION",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                // Else it mistakes the clock that a JVM's waits go by, and they come back at once, for ever.
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0");
    }

    private List<Gate> gates(List<ServerNode> servers) {
        List<Gate> gates = new ArrayList<>();
        if (options.faults().stream().anyMatch(FaultKind::isBetweenClientsAndServers)) {
            for (ServerNode server : servers) {
                gates.add(add(Gate.open(vertx, ports.next(), server.target().port(), UnaryOperator.identity())));
            }
        }
        return gates;
    }

    private List<Target> targets(List<ServerNode> servers, List<Gate> gates) {
        List<Target> targets = gates.isEmpty()
                ? servers.stream().map(ServerNode::target).toList()
                : gates.stream()
                        .map(gate -> new Target("127.0.0.1", gate.port()))
                        .toList();
        if (!options.hasBalancer()) {
            return targets;
        }
        Path program = Tool.find("haproxy").orElseThrow();
        Balancer balancer = add(Balancer.start(program, options.work(), ports.next(), targets, adminPorts));
        return List.of(balancer.target());
    }

    /** Servers ask for commits that wait for the disk when they connect; behind their back they get others. */
    private UnaryOperator<Buffer> toDatabase() {
        return options.hasUnsafeCommits() ? UnsafeCommits::ask : UnaryOperator.identity();
    }
}
