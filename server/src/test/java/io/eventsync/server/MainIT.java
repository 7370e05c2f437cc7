package io.eventsync.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real process, because what is logged before logging is set up shows in no other way. */
@Timeout(60)
class MainIT {
    @TempDir
    Path folder;

    @Test
    void configPrint_printsTheTableAndNothingElse() throws IOException, InterruptedException {
        Process process = start("config", "print", "--server-port", "0");

        assertThat(process.waitFor()).isZero();
        assertThat(Files.readString(folder.resolve("out"))).startsWith("KEY ").contains("server.port");
        assertThat(Files.readString(folder.resolve("err"))).isEmpty();
    }

    @Test
    void badSetting_endsWithTwo() throws IOException, InterruptedException {
        Process process = start("serve", "--server-port", "70000");

        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(Files.readString(folder.resolve("out"))).isEmpty();
        assertThat(Files.readString(folder.resolve("err"), UTF_8))
                .startsWith("eventsync: the configuration has 1 problem");
    }

    private Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath(),
                Main.class.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("EVENTSYNC_") || name.startsWith("JAVA_") || name.startsWith("JDK_"));
        return builder.start();
    }

    /** Without the test classes, whose logging configuration is quiet. */
    private static String classPath() {
        return Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry -> !entry.endsWith("test-classes"))
                .collect(joining(File.pathSeparator));
    }
}
