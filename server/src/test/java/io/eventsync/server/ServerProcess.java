package io.eventsync.server;

import io.eventsync.loadtest.rpc.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server with its own Postgres as users run it: a process with a heap of its own, that can be killed. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("gRPC, gRPC-Web\\s+127\\.0\\.0\\.1:([0-9]+)");

    private final Path dataDir;
    private final Process process;
    private final int port;

    private ServerProcess(Path dataDir, Process process, int port) {
        this.dataDir = dataDir;
        this.process = process;
        this.port = port;
    }

    /** Answers once it listens. Options are of the JVM, such as {@code -Xmx128m}, or with two dashes of the server. */
    static ServerProcess start(Path dataDir, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Stream.of(options).filter(option -> !option.startsWith("--")).forEach(command::add);
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(),
                "serve",
                "--server-port",
                "0",
                "--data-dir",
                dataDir.toString()));
        Stream.of(options).filter(option -> option.startsWith("--")).forEach(command::add);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new ServerProcess(dataDir, process, port(process));
    }

    private static int port(Process process) throws IOException {
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            said.append(line).append('\n');
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                Thread rest = new Thread(() -> skip(lines), "server-output");
                rest.setDaemon(true);
                rest.start();
                return Integer.parseInt(listening.group(1));
            }
        }
        throw new AssertionError("the server did not start:\n" + said);
    }

    /** Somebody has to read what it says, or it stops saying it. */
    private static void skip(BufferedReader lines) {
        try (lines) {
            long unused = lines.transferTo(Writer.nullWriter());
        } catch (IOException killed) {
            return;
        }
    }

    int port() {
        return port;
    }

    Target target() {
        return new Target("127.0.0.1", port);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** As with kill -9: the server says nothing to anybody. Its Postgres goes with it. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Its Postgres. */
    ProcessHandle postmaster() throws IOException {
        try (Stream<Path> files = Files.walk(dataDir, 3)) {
            Path pidFile = files.filter(path -> path.endsWith("postmaster.pid"))
                    .findFirst()
                    .orElseThrow();
            return ProcessHandle.of(
                            Long.parseLong(Files.readAllLines(pidFile).get(0).strip()))
                    .orElseThrow();
        }
    }

    /** The process of one of the server's connections; when it dies so, Postgres starts all of them over. */
    ProcessHandle backend() throws IOException {
        return postmaster()
                .children()
                .filter(ServerProcess::isConnection)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isConnection(ProcessHandle backend) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(backend.pid()), "cmdline"))
                    .contains("[local]");
        } catch (IOException gone) {
            return false;
        }
    }

    static void kill(ProcessHandle process) {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
