package io.eventsync.server.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@link EmbeddedPostgresMain} in a JVM of its own. */
final class ChildServer implements AutoCloseable {
    private final Process process;
    private final String answer;

    private ChildServer(Process process, String answer) {
        this.process = process;
        this.answer = answer;
    }

    static ChildServer start(Path home) throws IOException {
        return start(List.of(), classPath(), home);
    }

    static ChildServer start(List<String> prefix, String classPath, Path home) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Stream<String> main = Stream.of(
                java,
                "-Xmx128m",
                "-cp",
                classPath,
                EmbeddedPostgresMain.class.getName(),
                home.toAbsolutePath().toString());
        Process process = new ProcessBuilder(
                        Stream.concat(prefix.stream(), main).toList())
                .redirectErrorStream(true)
                .start();
        return new ChildServer(process, answer(process));
    }

    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    String answer() {
        return answer;
    }

    boolean isReady() {
        return answer.startsWith(EmbeddedPostgresMain.READY);
    }

    /** Stands still from now on, so that it does not see what becomes of its Postgres. */
    void freeze() throws Exception {
        Leftover.signal(process.pid(), "STOP");
    }

    /** As with kill -9: no shutdown hook runs. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }

    /** Its READY or REFUSED line, or all it said when it said neither. */
    private static String answer(Process process) {
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder before = new StringBuilder();
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(EmbeddedPostgresMain.READY)) {
                    return line;
                }
                if (line.startsWith(EmbeddedPostgresMain.REFUSED)) {
                    return Stream.concat(Stream.of(line), lines.lines()).collect(Collectors.joining("\n"));
                }
                before.append(line).append('\n');
            }
            return before.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
