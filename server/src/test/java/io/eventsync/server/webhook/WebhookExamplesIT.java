package io.eventsync.server.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.standardwebhooks.Webhook;
import io.eventsync.server.webhook.SampleWebhooks.Sample;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The code of docs/WEBHOOKS.md, taken out of the page and run. Java always; the rest where it can run, which is said when it is
 * skipped: Python 3, openssl and curl on the PATH, Node with the package standardwebhooks below NODE_PATH.
 */
class WebhookExamplesIT {
    private static final Pattern SEPARATOR = Pattern.compile(Pattern.quote(File.pathSeparator));

    @TempDir
    Path folder;

    @Nested
    class JavaReceiver extends ReceiverContract {
        @Override
        ReceiverProcess start(Path in) {
            compile(in, "Receiver.java");
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            String classPath = in + File.pathSeparator + library();
            return ReceiverProcess.start(
                    SampleWebhooks.SECRET, in, List.of(java, "-Xmx64m", "-cp", classPath, "Receiver"));
        }
    }

    @Nested
    class NodeReceiver extends ReceiverContract {
        @Override
        ReceiverProcess start(Path in) {
            assumeOnPath("node");
            boolean isThere = SEPARATOR
                    .splitAsStream(env("NODE_PATH"))
                    .anyMatch(entry -> Files.isDirectory(Path.of(entry, "standardwebhooks")));
            assumeTrue(isThere, "the package standardwebhooks is not below NODE_PATH");
            Path code = WebhookDocument.file(in, "receiver.cjs");
            return ReceiverProcess.start(SampleWebhooks.SECRET, in, List.of("node", code.toString()));
        }
    }

    @Nested
    class PythonReceiver extends ReceiverContract {
        @Override
        ReceiverProcess start(Path in) {
            assumeOnPath("python3");
            Path code = WebhookDocument.file(in, "receiver.py");
            return ReceiverProcess.start(SampleWebhooks.SECRET, in, List.of("python3", code.toString()));
        }
    }

    @Test
    void requests_areShownAsTheyAreMade() {
        assertThat(WebhookDocument.requests()).containsExactlyElementsOf(SampleWebhooks.ofThePage());
    }

    @Test
    void check_tellsWhetherACapturedRequestIsGenuine() throws IOException, InterruptedException {
        assumeOnPath("openssl");
        String check = WebhookDocument.file(folder, "check.sh").toString();
        Sample good = SampleWebhooks.sent(
                "captured", 0, SigningKeys.generateHmac(1), SampleWebhooks.key(SampleWebhooks.SECRET));
        Sample bad =
                good.withBody(new String(good.body(), UTF_8).replace("12", "13").getBytes(UTF_8));

        assertThat(run("sh", check, captured("good.http", good))).matches("0 genuine, sent \\d+ s ago\n");
        assertThat(run("sh", check, captured("bad.http", bad))).startsWith("1 not genuine: expected v1,");
    }

    @Test
    void again_putsACapturedRequestToAReceiver() throws IOException, InterruptedException {
        assumeOnPath("curl");
        String again = WebhookDocument.file(folder, "again.sh").toString();
        Sample sample = SampleWebhooks.sent("again", 0, SampleWebhooks.key(SampleWebhooks.SECRET));

        try (ReceiverProcess receiver = new JavaReceiver().start(folder)) {
            assertThat(run("sh", again, captured("again.http", sample), receiver.url()))
                    .isEqualTo("0 204\n");
            assertThat(receiver.handledUntil("evt_again")).containsExactly("handled evt_again");
        }
    }

    @Test
    void publicKeyCheck_knowsItsKey() throws ReflectiveOperationException, IOException {
        SigningKey key = SigningKeys.generateEd25519(1);
        Sample good = SampleWebhooks.sent("signed", 0, SigningKeys.generateHmac(2), key);
        compile(folder, "PublicKeyCheck.java");

        assertThat(isGenuine(key, good)).isTrue();
        assertThat(isGenuine(key, good.withBody(new byte[] {'{', '}'}))).isFalse();
        assertThat(isGenuine(SigningKeys.generateEd25519(1), good)).isFalse();
        assertThat(isGenuine(key, SampleWebhooks.sent("signed", 0, SigningKeys.generateHmac(2))))
                .isFalse();
    }

    private boolean isGenuine(SigningKey key, Sample sample) throws ReflectiveOperationException, IOException {
        URL[] classes = {folder.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(classes, null)) {
            Object answer = loader.loadClass("PublicKeyCheck")
                    .getMethod("isGenuine", String.class, String.class, String.class, String.class, byte[].class)
                    .invoke(
                            null,
                            key.publicKey(),
                            sample.header("webhook-id"),
                            sample.header("webhook-timestamp"),
                            sample.header("webhook-signature"),
                            sample.body());
            return Boolean.TRUE.equals(answer);
        }
    }

    private String captured(String name, Sample sample) throws IOException {
        StringBuilder head = new StringBuilder("POST /hook HTTP/1.1\r\n");
        sample.headers()
                .forEach(h ->
                        head.append(h.name()).append(": ").append(h.value()).append("\r\n"));
        head.append("host: receiver.example\r\ncontent-length: ")
                .append(sample.body().length)
                .append("\r\n\r\n");
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.toString().getBytes(UTF_8));
        request.writeBytes(sample.body());
        return Files.write(folder.resolve(name), request.toByteArray()).toString();
    }

    /** The exit code and what was said. */
    private String run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SECRET", SampleWebhooks.SECRET);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        return process.waitFor() + " " + said;
    }

    private static void compile(Path folder, String name) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int code = compiler.run(
                null,
                said,
                said,
                "-Xlint:all",
                "-Werror",
                "-d",
                folder.toString(),
                "-cp",
                library(),
                WebhookDocument.file(folder, name).toString());
        assertThat(code).as(said.toString(UTF_8)).isZero();
    }

    /** All that the Java receiver needs. */
    private static String library() {
        try {
            return Path.of(Webhook.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static void assumeOnPath(String program) {
        boolean isThere =
                SEPARATOR.splitAsStream(env("PATH")).anyMatch(entry -> Files.isExecutable(Path.of(entry, program)));
        assumeTrue(isThere, program + " is not on the PATH");
    }

    private static String env(String name) {
        String value = System.getenv(name);
        return value == null ? "" : value;
    }
}
