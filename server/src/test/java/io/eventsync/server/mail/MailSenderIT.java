package io.eventsync.server.mail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.eventsync.server.mail.MailConfig.Tls;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MailSenderIT {
    private static final MailMessageParts MAIL = new MailMessageParts(
            "evt_1", List.of("ops@example.org", "b@example.org"), new MailText("[A] zażółć", "body ż\n.\n..end\n"));

    private final Vertx vertx = Vertx.vertx();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static MailConfig config(int port, Tls tls, Optional<String> login, Duration timeout) {
        return new MailConfig(
                Optional.of("127.0.0.1"),
                port,
                Optional.of("eventsync@example.net"),
                login,
                login.map(user -> user + "-password"),
                tls,
                Optional.of("example.org"),
                timeout);
    }

    private MailAnswer send(int port, Duration timeout) throws Exception {
        return await(MailSender.create(vertx, config(port, Tls.NONE, Optional.empty(), timeout))
                .send(MAIL));
    }

    private GreenMail greenMail(String protocol) {
        GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", protocol));
        server.start();
        opened.add(server::stop);
        return server;
    }

    /** Answers each line by the first word that is known, as often as it comes, else with 250; empty hangs up. */
    private int relay(Map<String, String> answers) throws Exception {
        NetServer server = vertx.createNetServer().connectHandler(socket -> talk(socket, answers));
        return await(server.listen(0, "127.0.0.1")).actualPort();
    }

    private static void talk(NetSocket socket, Map<String, String> answers) {
        boolean[] inData = {false};
        answer(socket, answers.getOrDefault("", "220 here"));
        socket.handler(io.vertx.core.parsetools.RecordParser.newDelimited("\r\n", line -> {
            String text = line.toString();
            if (inData[0] && !text.equals(".")) {
                return;
            }
            String word = text.split("[ :]", 2)[0];
            if (word.equals("QUIT")) {
                answer(socket, "221 bye");
                socket.close();
                return;
            }
            String answer = answers.getOrDefault(word, word.equals("DATA") ? "354 go on" : "250 fine");
            inData[0] = word.equals("DATA") && answer.startsWith("354");
            answer(socket, answer);
        }));
    }

    private static void answer(NetSocket socket, String text) {
        if (text.isEmpty()) {
            socket.close();
        } else if (!text.equals("-")) {
            socket.write(Buffer.buffer(text + "\r\n"));
        }
    }

    @Test
    void mail_arrives_asItWasWritten() throws Exception {
        GreenMail server = greenMail(ServerSetup.PROTOCOL_SMTP);

        MailAnswer answer = send(server.getSmtp().getPort(), Duration.ofSeconds(15));

        assertThat(answer.error()).as("%s", answer).isEqualTo(MailError.NONE);
        assertThat(answer.isSuccess()).isTrue();
        assertThat(answer.smtpCode()).isEqualTo(250);
        assertThat(answer.message()).isEmpty();
        assertThat(answer.latency()).isPositive();
        assertThat(server.getReceivedMessages()).hasSize(2);
        MimeMessage mail = server.getReceivedMessages()[0];
        assertThat(mail.getSubject()).isEqualTo("[A] zażółć");
        assertThat(text(mail)).isEqualTo("body ż\n.\n..end");
        assertThat(mail.getFrom()[0]).hasToString("eventsync@example.net");
        assertThat(mail.getRecipients(Message.RecipientType.TO))
                .extracting(Object::toString)
                .containsExactly("ops@example.org", "b@example.org");
        assertThat(mail.getHeader("Message-ID")).containsExactly("<evt_1@example.net>");
        assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"`a\u0000b\u0001\tc`", "`=20 = trailing `", "`From x`", "`\uD83D\uDE00`"})
    void body_survives(String body) throws Exception {
        GreenMail server = greenMail(ServerSetup.PROTOCOL_SMTP);
        MailSender sender = MailSender.create(
                vertx, config(server.getSmtp().getPort(), Tls.NONE, Optional.empty(), Duration.ofSeconds(15)));

        MailAnswer answer =
                await(sender.send(new MailMessageParts("evt_1", List.of("a@example.org"), new MailText("s", body))));

        assertThat(answer.error()).as("%s", answer).isEqualTo(MailError.NONE);
        assertThat(text(server.getReceivedMessages()[0])).isEqualTo(body);
    }

    @Test
    void largeMail_arrives() throws Exception {
        GreenMail server = greenMail(ServerSetup.PROTOCOL_SMTP);
        MailSender sender = MailSender.create(
                vertx, config(server.getSmtp().getPort(), Tls.NONE, Optional.empty(), Duration.ofSeconds(15)));
        String body = "ż".repeat(MailTemplate.BODY_CHARS_MAX);

        MailAnswer answer = await(sender.send(new MailMessageParts(
                "evt_1", List.of("a@example.org"), new MailText("€".repeat(MailTemplate.SUBJECT_CHARS_MAX), body))));

        assertThat(answer.error()).as("%s", answer).isEqualTo(MailError.NONE);
        assertThat(text(server.getReceivedMessages()[0])).isEqualTo(body);
        assertThat(server.getReceivedMessages()[0].getSubject()).isEqualTo("€".repeat(MailTemplate.SUBJECT_CHARS_MAX));
    }

    private static String text(MimeMessage mail) throws IOException, MessagingException {
        return new String(mail.getInputStream().readAllBytes(), UTF_8).replace("\r\n", "\n");
    }

    @Test
    void manyMails_waitForEachOther() throws Exception {
        GreenMail server = greenMail(ServerSetup.PROTOCOL_SMTP);
        MailSender sender = MailSender.create(
                vertx, config(server.getSmtp().getPort(), Tls.NONE, Optional.empty(), Duration.ofSeconds(30)));
        List<Future<MailAnswer>> answers = new ArrayList<>();

        for (int i = 0; i < 50; i++) {
            answers.add(sender.send(
                    new MailMessageParts("evt_" + i, List.of("a@example.org"), new MailText("s", "b" + i))));
        }
        assertThat(await(Future.all(answers)).succeeded()).isTrue();

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.result().isSuccess()).isTrue());
        assertThat(server.getReceivedMessages()).hasSize(50);
        await(sender.close());
    }

    @Test
    void login_isMade() throws Exception {
        GreenMail server = greenMail(ServerSetup.PROTOCOL_SMTP);
        server.setUser("u@example.net", "u", "u-password");
        int port = server.getSmtp().getPort();
        Duration timeout = Duration.ofSeconds(15);

        MailAnswer right = await(MailSender.create(vertx, config(port, Tls.NONE, Optional.of("u"), timeout))
                .send(MAIL));
        MailAnswer wrong = await(MailSender.create(vertx, config(port, Tls.NONE, Optional.of("nobody"), timeout))
                .send(MAIL));

        assertThat(right.error()).as("%s", right).isEqualTo(MailError.NONE);
        assertThat(wrong.error()).as("%s", wrong).isEqualTo(MailError.STATUS);
        assertThat(wrong.smtpCode()).isEqualTo(535);
        assertThat(wrong.message()).doesNotContain("nobody-password");
    }

    @Test
    void tls_isUsed_andTheCertificateChecked() throws Exception {
        GreenMail server = greenMail(ServerSetup.PROTOCOL_SMTPS);
        MailConfig config = config(server.getSmtps().getPort(), Tls.TLS, Optional.empty(), Duration.ofSeconds(15));

        MailAnswer untrusted = await(MailSender.create(vertx, config).send(MAIL));
        MailAnswer trusted = await(
                MailSender.create(vertx, config, MailSender.options(config).setTrustAll(true))
                        .send(MAIL));

        assertThat(untrusted.error()).as("%s", untrusted).isEqualTo(MailError.TLS);
        assertThat(trusted.error()).as("%s", trusted).isEqualTo(MailError.NONE);
    }

    @Test
    void relayWithoutStarttls_isNotTold_whatItWouldReadInTheClear() throws Exception {
        GreenMail server = greenMail(ServerSetup.PROTOCOL_SMTP);
        MailConfig config = config(server.getSmtp().getPort(), Tls.STARTTLS, Optional.of("u"), Duration.ofSeconds(15));

        MailAnswer answer = await(MailSender.create(vertx, config).send(MAIL));

        assertThat(answer.error()).as("%s", answer).isEqualTo(MailError.PROTOCOL);
        assertThat(answer.message()).contains("STARTTLS");
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 421 busy, THROTTLED, 421",
        "'', 554 go away, STATUS, 554",
        "MAIL, 451 later, THROTTLED, 451",
        "RCPT, 550 no such user, STATUS, 550",
        "RCPT, 450 greylisted, THROTTLED, 450",
        "DATA, 452 full, THROTTLED, 452",
        "., 552 too large, STATUS, 552",
        "., 451 later, THROTTLED, 451",
    })
    void refusal_isTheAnswer(String word, String reply, MailError error, int code) throws Exception {
        MailAnswer answer = send(relay(Map.of(word, reply)), Duration.ofSeconds(15));

        assertThat(answer.error()).as("%s", answer).isEqualTo(error);
        assertThat(answer.smtpCode()).isEqualTo(code);
        assertThat(answer.message()).contains(reply.substring(4));
    }

    @ParameterizedTest
    @CsvSource({"''", "EHLO", "MAIL", "RCPT", "DATA", "."})
    void relayThatHangsUp_isAConnectionLost(String word) throws Exception {
        Map<String, String> answers = new HashMap<>(Map.of(word, ""));

        MailAnswer answer = send(relay(answers), Duration.ofSeconds(15));

        assertThat(answer.error()).as("%s", answer).isEqualTo(MailError.CONNECTION_LOST);
        assertThat(answer.smtpCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 554 no",
        "EHLO, ''",
        "RCPT, 550 no",
        "RCPT, ''",
        "DATA, 451 no",
        "DATA, ''",
        "., 552 no",
        "., ''",
    })
    void failures_doNotUseUpTheConnections(String word, String reply) throws Exception {
        MailSender sender = MailSender.create(
                vertx, config(relay(Map.of(word, reply)), Tls.NONE, Optional.empty(), Duration.ofSeconds(5)));
        for (int i = 0; i < 2 * MailSender.CONNECTIONS_MAX; i++) {
            assertThat(await(sender.send(MAIL)).error()).as("mail %d", i).isNotIn(MailError.NONE, MailError.TIMEOUT);
        }
    }

    @ParameterizedTest
    @CsvSource({"''", "EHLO", "DATA", "."})
    void relayThatHangs_isATimeout_onTheCallersContext(String word) throws Exception {
        MailSender sender = MailSender.create(
                vertx, config(relay(Map.of(word, "-")), Tls.NONE, Optional.empty(), Duration.ofMillis(300)));
        Context context = vertx.getOrCreateContext();
        Promise<Context> answeredOn = Promise.promise();
        Promise<MailAnswer> answered = Promise.promise();

        context.runOnContext(v -> sender.send(MAIL).onComplete(answer -> {
            answeredOn.complete(Vertx.currentContext());
            answered.handle(answer);
        }));

        MailAnswer answer = await(answered.future());
        assertThat(answer.error()).as("%s", answer).isEqualTo(MailError.TIMEOUT);
        assertThat(answer.latency()).isBetween(Duration.ofMillis(250), Duration.ofSeconds(10));
        assertThat(await(answeredOn.future())).isSameAs(context);
    }

    @Test
    void relayThatHangs_doesNotKeepItsConnections() throws Exception {
        Map<String, String> answers = new java.util.concurrent.ConcurrentHashMap<>(Map.of("EHLO", "-"));
        MailSender sender =
                MailSender.create(vertx, config(relay(answers), Tls.NONE, Optional.empty(), Duration.ofMillis(1_500)));
        List<Future<MailAnswer>> hung = new ArrayList<>();
        for (int i = 0; i < MailSender.CONNECTIONS_MAX; i++) {
            hung.add(sender.send(MAIL));
        }
        assertThat(await(Future.all(hung)).succeeded()).isTrue();
        assertThat(hung)
                .allSatisfy(answer -> assertThat(answer.result().error()).isEqualTo(MailError.TIMEOUT));

        answers.clear();

        // The connections are freed a second after the timeout; until then the next one waits.
        MailAnswer answer = await(sender.send(MAIL));
        assertThat(answer.error()).as("%s", answer).isEqualTo(MailError.NONE);
    }

    @Test
    void strangeRelay_isAProtocolError() throws Exception {
        assertThat(send(relay(Map.of("", "HTTP/1.1 400 Bad Request")), Duration.ofSeconds(2))
                        .error())
                .isIn(MailError.PROTOCOL, MailError.THROTTLED, MailError.STATUS, MailError.TIMEOUT);
    }

    @Test
    void nobodyThere_isAConnectError() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }

        MailAnswer answer = send(port, Duration.ofSeconds(5));

        assertThat(answer.error()).as("%s", answer).isEqualTo(MailError.CONNECT);
    }

    @Test
    void unknownHost_isAConnectError() throws Exception {
        MailConfig config = new MailConfig(
                Optional.of("relay.invalid"),
                25,
                Optional.of("a@example.net"),
                Optional.empty(),
                Optional.empty(),
                Tls.NONE,
                Optional.empty(),
                Duration.ofSeconds(15));

        MailAnswer answer = await(MailSender.create(vertx, config).send(MAIL));

        assertThat(answer.error()).as("%s", answer).isEqualTo(MailError.CONNECT);
    }
}
