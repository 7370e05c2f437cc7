package io.eventsync.server;

import static io.eventsync.server.RawHttp2.framed;
import static io.eventsync.server.RawHttp2.grpc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.eventsync.loadtest.Main;
import io.eventsync.server.delivery.TestReceiver;
import io.eventsync.v1.IngestResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Types the commands of README.md, but those that build and start the server. What grpcurl would send is sent from here. */
@Timeout(60)
class ReadmeIT {
    private static final Path PAGE = Path.of("../README.md");
    private static final Pattern BLOCK = Pattern.compile("(?s)```(sh|sql)\\n(.*?)```");
    /** What bash makes of a call's words, without running it. */
    private static final String GRPCURL = "grpcurl() { printf '%s\\x1f' \"$@\"; printf '\\x1e'; }\n";
    /** Streams go on until somebody stops them. */
    private static final String CURL = "curl() { command curl -sS --max-time 2 \"$@\" 2>/dev/null; echo; }\n";

    private static final String TOOL = "java -jar loadtest/target/eventsync-loadtest.jar ";
    private static final String PACKAGE = "io.eventsync.v1.";

    @TempDir
    Path folder;

    @Test
    void commands_work() throws IOException, InterruptedException, ReflectiveOperationException {
        List<String> kinds = new ArrayList<>();
        try (TestServer server = TestServer.start();
                TestReceiver receiver = new TestReceiver();
                RawHttp2 client = RawHttp2.connect(server.port())) {
            List<MatchResult> blocks =
                    BLOCK.matcher(Files.readString(PAGE)).results().toList();
            for (MatchResult block : blocks) {
                String text = block.group(2)
                        .replace("localhost:7300", "127.0.0.1:" + server.port())
                        .replace("http://127.0.0.1:9000", receiver.url(""));
                if (text.contains("grpcurl")) {
                    kinds.add("grpcurl");
                    callAll(client, text);
                } else if (text.contains("curl")) {
                    kinds.add("curl");
                    String said = bash(CURL + text);
                    assertThat(said).contains("\"position\"", "\"id\":\"order-17-paid\"", "\"message\":\"paid\"");
                } else if (text.startsWith(TOOL)) {
                    kinds.add("tool");
                    text.lines().forEach(line -> tool(line, server.port()));
                } else if (block.group(1).equals("sql")) {
                    kinds.add("sql");
                    await().until(() -> receiver.received().size() == 2);
                    for (String query : text.split(";\n", -1)) {
                        assertThat(query.isBlank() || !server.query(query).isEmpty())
                                .as(query)
                                .isTrue();
                    }
                } else {
                    kinds.add(text.strip().split(" ", -1)[0]);
                }
            }
        }
        assertThat(kinds).containsExactly("mvn", "mvn", "grpcurl", "curl", "grpcurl", "sql", "tool", "java");
    }

    private void callAll(RawHttp2 client, String block)
            throws IOException, InterruptedException, ReflectiveOperationException {
        List<IngestResponse> stored = new ArrayList<>();
        for (String call : bash(GRPCURL + block).split("\u001e", -1)) {
            String[] words = call.split("\u001f", -1);
            if (words.length < 5) {
                continue;
            }
            assertThat(words).startsWith("-plaintext", "-d");
            String path = "/" + words[4];
            byte[] request = request(path, words[2]);
            if (path.endsWith("/Subscribe")) {
                int stream = client.open(false, grpc(path));
                client.data(stream, framed(0, request), true);
                assertThat(client.body(stream, 1)).isNotEmpty();
                continue;
            }
            WireAnswer answer = client.call(path, request);
            assertThat(answer.grpcStatus()).as("%s %s", call, answer).isZero();
            if (path.endsWith("/Ingest")) {
                stored.add(IngestResponse.parseFrom(answer.messages().get(0)));
            }
        }
        if (!stored.isEmpty()) {
            assertThat(stored)
                    .extracting(answer -> answer.getResult().getDeduplicated())
                    .containsExactly(false, true);
        }
    }

    private static byte[] request(String path, String json)
            throws ReflectiveOperationException, InvalidProtocolBufferException {
        String method = path.substring(path.lastIndexOf('/') + 1);
        Message.Builder request = (Message.Builder) Class.forName(PACKAGE + method + "Request")
                .getMethod("newBuilder")
                .invoke(null);
        JsonFormat.parser().merge(json, request);
        return request.build().toByteArray();
    }

    private void tool(String line, int port) {
        String command = line.substring(TOOL.length()).replaceFirst("#.*", "").strip();
        Stream<String> words = Arrays.stream(command.split(" ", -1))
                .map(word -> word.startsWith("orders.") ? folder.resolve(word).toString() : word);
        Stream<String> target = Stream.of("--target", "127.0.0.1:" + port);
        Stream<String> more = command.startsWith("subscribe")
                ? Stream.of("--until-idle", "500ms")
                : command.startsWith("check") ? Stream.of("--duration", "1s") : Stream.empty();
        StringWriter out = new StringWriter();
        CommandLine tool = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
        int code =
                tool.execute(Stream.of(words, target, more).flatMap(all -> all).toArray(String[]::new));
        assertThat(code).as(line + "\n" + out).isZero();
    }

    private String bash(String script) throws IOException, InterruptedException {
        Process shell = new ProcessBuilder("bash", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        shell.getOutputStream().close();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        shell.waitFor();
        return said;
    }
}
