package io.eventsync.server.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.webhook.SigningKey.Scheme;
import java.net.http.HttpHeaders;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignerTest {
    private static final byte[] BODY = "{\"type\":\"A\",\"data\":\"ż\"}".getBytes(UTF_8);
    private static final String ID = "evt_1";

    private final long now = Instant.now().getEpochSecond();

    private static void verify(SigningKey key, String id, long seconds, String signature, byte[] body)
            throws EmptyWebhookSecretException, WebhookVerificationException {
        HttpHeaders headers = HttpHeaders.of(
                Map.of(
                        "webhook-id", List.of(id),
                        "webhook-timestamp", List.of(Long.toString(seconds)),
                        "webhook-signature", List.of(signature)),
                (name, value) -> true);
        new Webhook(key.secretText()).verify(new String(body, UTF_8), headers);
    }

    /** The example of the specification's reference implementations. */
    @Test
    void signature_isThatOfTheSpecification() {
        SigningKey key = SigningKeys.parseHmac("s", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 0);
        byte[] body = "{\"test\": 2432232314}".getBytes(UTF_8);

        assertThat(new Signer(List.of(key)).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void hmac_isVerifiedByTheOfficialLibrary() {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            SigningKey key = SigningKeys.generateHmac(0);
            Signer signer = new Signer(List.of(key));
            byte[] body = ("{\"data\":\"" + random.nextLong() + "\"}").getBytes(UTF_8);

            assertThatCode(() -> verify(key, ID, now, signer.sign(ID, now, body), body))
                    .doesNotThrowAnyException();
            assertThatCode(() -> verify(key, ID, now, signer.sign(ID, now, BODY), BODY))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void hmac_isRefused_whenAnythingIsOther() {
        SigningKey key = SigningKeys.generateHmac(0);
        String signature = new Signer(List.of(key)).sign(ID, now, BODY);

        assertThatThrownBy(() -> verify(key, "evt_2", now, signature, BODY))
                .isInstanceOf(WebhookVerificationException.class);
        assertThatThrownBy(() -> verify(key, ID, now - 1, signature, BODY))
                .isInstanceOf(WebhookVerificationException.class);
        assertThatThrownBy(() -> verify(key, ID, now, signature, new byte[] {'{', '}'}))
                .isInstanceOf(WebhookVerificationException.class);
        assertThatThrownBy(() -> verify(SigningKeys.generateHmac(0), ID, now, signature, BODY))
                .isInstanceOf(WebhookVerificationException.class);
    }

    @Test
    void rotation_signsWithBothKeys_newestFirst_untilTheOldOneExpires() {
        long micros = now * 1_000_000;
        SigningKey old = SigningKeys.generateHmac(micros - 2).expiringAt(micros + 60_000_000);
        SigningKey young = SigningKeys.generateHmac(micros - 1);
        Signer signer = new Signer(List.of(old, young));

        String both = signer.sign(ID, now, BODY);
        String last = signer.sign(ID, now + 59, BODY);
        String one = signer.sign(ID, now + 60, BODY);

        assertThat(both)
                .isEqualTo(new Signer(List.of(young)).sign(ID, now, BODY) + " "
                        + new Signer(List.of(old)).sign(ID, now, BODY));
        assertThatCode(() -> verify(old, ID, now, both, BODY)).doesNotThrowAnyException();
        assertThatCode(() -> verify(young, ID, now, both, BODY)).doesNotThrowAnyException();
        assertThat(last).contains(" ");
        assertThat(one).doesNotContain(" ");
        assertThatCode(() -> verify(young, ID, now + 60, one, BODY)).doesNotThrowAnyException();
    }

    @Test
    void ed25519_isVerifiedByItsPublicKey() throws GeneralSecurityException {
        for (int i = 0; i < 50; i++) {
            SigningKey key = SigningKeys.generateEd25519(0);
            Signer signer = new Signer(List.of(key));
            for (String id : List.of(ID, "evt_2")) {
                String value = signer.sign(id, now, BODY);

                assertThat(value).startsWith("v1a,");
                byte[] signature = Base64.getDecoder().decode(value.substring(4));
                assertThat(isValid(key, id + "." + now + ".", BODY, signature)).isTrue();
                assertThat(isValid(key, "evt_3." + now + ".", BODY, signature)).isFalse();
            }
        }
    }

    private static boolean isValid(SigningKey key, String head, byte[] body, byte[] signature)
            throws GeneralSecurityException {
        assertThat(key.publicKey()).startsWith("whpk_");
        byte[] raw = Base64.getDecoder().decode(key.publicKey().substring(5));
        assertThat(raw).hasSize(32);
        byte[] encoded = new byte[44];
        byte[] prefix = HexFormat.of().parseHex("302a300506032b6570032100");
        System.arraycopy(prefix, 0, encoded, 0, 12);
        System.arraycopy(raw, 0, encoded, 12, 32);
        PublicKey publicKey = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(publicKey);
        verifier.update(head.getBytes(UTF_8));
        verifier.update(body);
        return verifier.verify(signature);
    }

    @Test
    void schemes_signBesideEachOther() {
        SigningKey hmac = SigningKeys.generateHmac(1);
        SigningKey ed25519 = SigningKeys.generateEd25519(2);

        String value = new Signer(List.of(hmac, ed25519)).sign(ID, now, BODY);

        assertThat(value).matches("v1a,[A-Za-z0-9+/=]{88} v1,[A-Za-z0-9+/=]{44}");
        assertThatCode(() -> verify(hmac, ID, now, value, BODY)).doesNotThrowAnyException();
    }

    @Test
    void keys_showNoSecret_andHaveNamesOfTheirOwn() {
        SigningKey hmac = SigningKeys.generateHmac(5);
        SigningKey ed25519 = SigningKeys.generateEd25519(5);

        assertThat(hmac.secretText()).matches("whsec_[A-Za-z0-9+/]{43}=");
        assertThat(hmac.toString())
                .contains("***")
                .doesNotContain(hmac.secretText().substring(6));
        assertThat(hmac.publicKey()).isEmpty();
        assertThat(hmac.scheme()).isEqualTo(Scheme.HMAC_SHA256);
        assertThat(hmac.keyId()).matches("key_[A-Za-z0-9_-]{12}").isNotEqualTo(ed25519.keyId());
        assertThat(ed25519.secret().bytes()).hasSize(32);
        assertThatThrownBy(ed25519::secretText).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new Signer(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 23, 65, 1_000})
    void givenSecret_isRefused_ofAnotherLength(int length) {
        String text = "whsec_" + Base64.getEncoder().encodeToString(new byte[length]);

        assertThatThrownBy(() -> SigningKeys.parseHmac("f", text, 0)).isInstanceOf(Failure.class);
    }

    @Test
    void givenSecret_isTaken_with24To64Bytes() {
        for (int length = 24; length <= 64; length++) {
            String text = "whsec_" + Base64.getEncoder().encodeToString(new byte[length]);

            assertThat(SigningKeys.parseHmac("f", text, 0).secretText()).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "whsec_",
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa==",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw ",
                "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
            })
    void givenSecret_isRefused_andNotRepeated(String text) {
        assertThatThrownBy(() -> SigningKeys.parseHmac("signing_secret", text, 0))
                .isInstanceOfSatisfying(Failure.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(Reason.FIELD_INVALID);
                    assertThat(refused.violations().get(0).field()).isEqualTo("signing_secret");
                    assertThat(refused.getMessage()).doesNotContain("MfKQ");
                });
    }
}
