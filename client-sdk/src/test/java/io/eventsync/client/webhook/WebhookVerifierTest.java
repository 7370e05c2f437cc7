package io.eventsync.client.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import io.eventsync.client.webhook.WebhookException.Problem;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookVerifierTest {
    private static final String OTHER =
            "whsec_" + Base64.getEncoder().encodeToString("another secret of 24 byt".getBytes(UTF_8));
    private static final long NOW = 1_700_000_000;

    private final WebhookVerifier verifier = at(WebhookVerifier.of(TestRequest.SECRET));

    private static WebhookVerifier at(WebhookVerifier verifier) {
        return verifier.clock(() -> Instant.ofEpochSecond(NOW));
    }

    @Test
    void requestOfTheManual_isGenuine() {
        String body =
                "{\"type\":\"ORDER.PAID\",\"timestamp\":\"2023-11-14T22:13:19.250Z\",\"key\":\"order-17\",\"message\":\"order 17 was"
                        + " paid: 12,50 €\",\"attributes\":{\"region\":\"eu\"},\"data\":{\"amount\": 12.50}}";

        verifier.verify(
                "evt_order-17-paid",
                "1700000000",
                "v1,XyIyYl/lIyht+ZvuM4HoSmmFp97kRc18G4T8WJAluos=",
                body.getBytes(UTF_8));
    }

    @Test
    void agreesWithTheLibrary() throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 200; i++) {
            byte[] secret = new byte[24 + random.nextInt(40)];
            random.nextBytes(secret);
            String key = "whsec_" + Base64.getEncoder().encodeToString(secret);
            String body = "{\"n\":" + random.nextLong() + ",\"t\":\"é" + random.nextInt() + "\"}";
            String signature = new Webhook(key).sign("evt_" + i, NOW, body);
            at(WebhookVerifier.of(OTHER, key)).verify("evt_" + i, "" + NOW, signature, body.getBytes(UTF_8));

            String flipped =
                    signature.substring(0, 8) + (signature.charAt(8) == 'A' ? 'B' : 'A') + signature.substring(9);
            assertProblem(
                    Problem.SIGNATURE,
                    () -> at(WebhookVerifier.of(key)).verify("evt_x", "" + NOW, flipped, body.getBytes(UTF_8)));
        }
    }

    @Test
    void eachPartIsSigned() {
        String good = sign(TestRequest.SECRET, "evt_1", NOW, "{}");

        assertThatCode(() -> verifier.verify("evt_1", "" + NOW, good, bytes("{}")))
                .doesNotThrowAnyException();
        assertProblem(Problem.SIGNATURE, () -> verifier.verify("evt_2", "" + NOW, good, bytes("{}")));
        assertProblem(Problem.SIGNATURE, () -> verifier.verify("evt_1", "" + (NOW - 1), good, bytes("{}")));
        assertProblem(Problem.SIGNATURE, () -> verifier.verify("evt_1", "" + NOW, good, bytes("{ }")));
        assertProblem(
                Problem.SIGNATURE, () -> at(WebhookVerifier.of(OTHER)).verify("evt_1", "" + NOW, good, bytes("{}")));
    }

    @Test
    void anySignatureAndAnySecretWillDo() {
        String old = sign(TestRequest.SECRET, "evt_1", NOW, "{}");
        String both = sign(OTHER, "evt_1", NOW, "{}") + " v9,abc nonsense " + old;

        verifier.verify("evt_1", "" + NOW, both, bytes("{}"));
        at(WebhookVerifier.of(OTHER, TestRequest.SECRET)).verify("evt_1", "" + NOW, old, bytes("{}"));
    }

    @Test
    void timestampIsNearNow() {
        for (long off : new long[] {-301, 301, -9_999_999, 999_999_999L}) {
            long at = NOW + off;
            assertProblem(
                    Problem.TIMESTAMP,
                    () -> verifier.verify("evt_1", "" + at, sign(TestRequest.SECRET, "evt_1", at, "{}"), bytes("{}")));
        }
        verifier.verify("evt_1", "" + (NOW - 300), sign(TestRequest.SECRET, "evt_1", NOW - 300, "{}"), bytes("{}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "1.5", "99999999999999999999", " 1700000000"})
    void timestampIsANumber(String timestamp) {
        assertProblem(Problem.HEADER, () -> verifier.verify("evt_1", timestamp, "v1,x", bytes("{}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "v1", "v1,", "v1,%%%", "v1a,AAAA", "V1,AAAA", ",", " ", "v1,AAAA v1,BBBB"})
    void signatureIsRight(String signature) {
        assertProblem(Problem.SIGNATURE, () -> verifier.verify("evt_1", "" + NOW, signature, bytes("{}")));
    }

    @Test
    void publicKeyVerifiesV1a_andNothingElse() throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        String key = "whpk_"
                + Base64.getEncoder().encodeToString(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
        byte[] body = {(byte) 0xff, 0, 1};
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(pair.getPrivate());
        signer.update(bytes("evt_1." + NOW + "."));
        signer.update(body);
        String text = Base64.getEncoder().encodeToString(signer.sign());
        WebhookVerifier publicOnly = at(WebhookVerifier.of(key));

        publicOnly.verify("evt_1", "" + NOW, "v1,xxxx v1a," + text, body);
        assertProblem(Problem.SIGNATURE, () -> publicOnly.verify("evt_1", "" + NOW, "v1," + text, body));
        assertProblem(Problem.SIGNATURE, () -> publicOnly.verify("evt_1", "" + NOW, "v1a," + text, bytes("{}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret", "whsec_%", "whpk_AAAA", "whsec_"})
    void badKeyIsRefused_withoutQuotingIt(String key) {
        assertThatThrownBy(() -> WebhookVerifier.of(TestRequest.SECRET, key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("secrets[1]: ");
        assertThat(WebhookVerifier.of(TestRequest.SECRET)).isNotNull();
        assertThatThrownBy(WebhookVerifier::of).hasMessageContaining("at least one");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String sign(String secret, String id, long seconds, String body) {
        try {
            return new Webhook(secret).sign(id, seconds, body);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertProblem(Problem problem, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        WebhookException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }
}
