package io.eventsync.loadtest.chaos;

import io.eventsync.loadtest.TestProxy;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/** What a server's jar is to the rig: a process that takes the server's options, and passes bytes on to one in the test's own. */
public final class FakeNode {

    private FakeNode() {}

    /** A jar that starts it with this test's class path. */
    static Path jar(Path folder) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, FakeNode.class.getName());
        main.put(
                Attributes.Name.CLASS_PATH,
                Arrays.stream(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                                .split(File.pathSeparator, -1))
                        .map(part -> Path.of(part).toUri().toString())
                        .collect(Collectors.joining(" ")));
        Path jar = folder.resolve("node.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.flush();
        }
        return jar;
    }

    public static void main(String[] args) {
        String target = value(args, "--target-port=");
        TestProxy.main(new String[] {target, "--server-port=" + value(args, "--server-port=")});
    }

    private static String value(String[] args, String name) {
        return Arrays.stream(args)
                .filter(arg -> arg.startsWith(name))
                .findFirst()
                .orElseThrow()
                .substring(name.length());
    }
}
