package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.eventsync.server.endpoint.DestinationSecrets;
import io.eventsync.server.endpoint.WebhookDestination;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.webhook.SigningKey;
import io.eventsync.server.webhook.WebhookFormat;
import io.eventsync.v1.BasicAuth;
import io.eventsync.v1.BatchSettings;
import io.eventsync.v1.BearerAuth;
import io.eventsync.v1.ClientCertificate;
import io.eventsync.v1.SignatureScheme;
import io.eventsync.v1.Webhook;
import io.eventsync.v1.WebhookAuth;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookMapperTest {
    private static final Webhook LEAST =
            Webhook.newBuilder().setUrl("https://a.example/x").build();
    private static final String KEY = key("EC");

    private static String key(String algorithm) {
        try {
            byte[] bytes = KeyPairGenerator.getInstance(algorithm)
                    .generateKeyPair()
                    .getPrivate()
                    .getEncoded();
            return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(bytes)
                    + "\n-----END PRIVATE KEY-----\n";
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static WebhookDestination destination(UnaryOperator<Webhook.Builder> more) {
        return WebhookMapper.toDestination(more.apply(LEAST.toBuilder()).build(), "webhook");
    }

    private static DestinationSecrets secrets(
            Optional<WebhookMapper.Stored> before, UnaryOperator<Webhook.Builder> more) {
        return WebhookMapper.secrets(more.apply(LEAST.toBuilder()).build(), before);
    }

    private static void assertRefused(String field, ThrowingCallable call) {
        Failure refused = catchThrowableOfType(Failure.class, call);

        assertThat(refused).as("a refusal of " + field).isNotNull();
        assertThat(refused.violations().get(0).field()).isEqualTo(field);
    }

    private static void assertRefused(String field, UnaryOperator<Webhook.Builder> more) {
        assertRefused("webhook." + field, () -> destination(more));
    }

    private static UnaryOperator<Webhook.Builder> basic(String user, String password) {
        return w -> w.setAuth(WebhookAuth.newBuilder()
                .setBasic(BasicAuth.newBuilder().setUsername(user).setPassword(password)));
    }

    private static UnaryOperator<Webhook.Builder> bearer(String token) {
        return w -> w.setAuth(
                WebhookAuth.newBuilder().setBearer(BearerAuth.newBuilder().setToken(token)));
    }

    private static UnaryOperator<Webhook.Builder> certificate(String chain, String key) {
        return w -> w.setClientCertificate(
                ClientCertificate.newBuilder().setCertificateChainPem(chain).setPrivateKeyPem(key));
    }

    private static UnaryOperator<Webhook.Builder> batch(int events, int bytes, Duration wait) {
        return w -> w.setBatch(BatchSettings.newBuilder()
                .setMaxEvents(events)
                .setMaxBytes(bytes)
                .setMaxWait(wait));
    }

    @Test
    void defaults_areThoseOfTheContract() {
        WebhookDestination webhook = destination(w -> w);

        assertThat(webhook.format()).isEqualTo(WebhookFormat.STANDARD);
        assertThat(webhook.timeout()).hasSeconds(15);
        assertThat(webhook.batch()).isEmpty();
        assertThat(webhook.signatureSchemes()).containsExactly(SigningKey.Scheme.HMAC_SHA256);
    }

    @Test
    void timeout_isOneToThirtySeconds() {
        assertThat(destination(w -> w.setTimeout(Durations.fromSeconds(1))).timeout())
                .hasSeconds(1);
        assertThat(destination(w -> w.setTimeout(Durations.fromSeconds(30))).timeout())
                .hasSeconds(30);
        assertRefused("timeout", w -> w.setTimeout(Durations.fromMillis(999)));
        assertRefused("timeout", w -> w.setTimeout(Durations.fromMillis(30_001)));
        assertRefused("timeout", w -> w.setTimeout(Durations.fromSeconds(0)));
    }

    @Test
    void batch_hasTheDefaultsAndLimitsOfTheContract() {
        assertThat(destination(w -> w.setBatch(BatchSettings.getDefaultInstance()))
                        .batch())
                .contains(new WebhookDestination.Batch(100, 1 << 20, java.time.Duration.ofSeconds(1)));
        assertThat(destination(batch(1_000, 4 << 20, Durations.fromSeconds(60))).batch())
                .contains(new WebhookDestination.Batch(1_000, 4 << 20, java.time.Duration.ofSeconds(60)));
        assertThat(destination(batch(1, 1 << 10, Durations.ZERO)).batch())
                .contains(new WebhookDestination.Batch(1, 1 << 10, java.time.Duration.ZERO));
        assertRefused("batch.max_events", batch(1_001, 0, Durations.ZERO));
        assertRefused("batch.max_events", batch(-1, 0, Durations.ZERO));
        assertRefused("batch.max_bytes", batch(0, 1_023, Durations.ZERO));
        assertRefused("batch.max_bytes", batch(0, (4 << 20) + 1, Durations.ZERO));
        assertRefused("batch.max_wait", batch(0, 0, Durations.fromMillis(60_001)));
        assertRefused("batch.max_wait", batch(0, 0, Durations.fromMillis(-1)));
    }

    @Test
    void batch_goesWithTheStandardFormatOnly() {
        assertRefused(
                "batch",
                w -> w.setBatch(BatchSettings.getDefaultInstance())
                        .setFormat(io.eventsync.v1.WebhookFormat.WEBHOOK_FORMAT_RAW));
    }

    @Test
    void unknownWords_areRefused() {
        assertRefused("format", w -> w.setFormatValue(99));
        assertRefused("signature_schemes", w -> w.addSignatureSchemesValue(99));
    }

    @Test
    void schemes_areEachOnce() {
        assertThat(destination(w -> w.addSignatureSchemes(SignatureScheme.SIGNATURE_SCHEME_ED25519)
                                .addSignatureSchemes(SignatureScheme.SIGNATURE_SCHEME_HMAC_SHA256)
                                .addSignatureSchemes(SignatureScheme.SIGNATURE_SCHEME_UNSPECIFIED))
                        .signatureSchemes())
                .containsExactly(SigningKey.Scheme.HMAC_SHA256, SigningKey.Scheme.ED25519);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host", "Authorization", "content-type", "content-x", "webhook-id", "eventsync-x", "ce-id",
                        "connection",
                "transfer-encoding", "te", "trailer", "upgrade", "keep-alive", "proxy-connection", "a b", ""
            })
    void headers_ofTheServer_areRefused(String name) {
        assertRefused("headers", w -> w.putHeaders(name, "x"));
    }

    @Test
    void headers_areTenOfFourKibibytes() {
        UnaryOperator<Webhook.Builder> ten = w -> {
            for (int i = 0; i < 10; i++) {
                w.putHeaders("x-" + i, "v".repeat(4_093));
            }
            return w;
        };
        assertThat(destination(ten).headers()).hasSize(10);
        assertRefused("headers", w -> ten.apply(w).putHeaders("x-10", ""));
        assertRefused("headers", w -> w.putHeaders("x-1", "v".repeat(4_094)));
        assertRefused("headers", w -> w.putHeaders("x-1", "a\nb"));
    }

    @Test
    void username_isOneTo256Characters() {
        assertThat(destination(basic("u".repeat(256), "")).auth())
                .contains(new WebhookDestination.Auth(Optional.of("u".repeat(256))));
        for (String user : new String[] {"", "u".repeat(257), "a:b", "a\nb", "\u007f"}) {
            assertRefused("auth.basic.username", basic(user, "p"));
        }
    }

    @Test
    void password_isAtMost1024Characters() {
        assertThat(secrets(Optional.empty(), basic("u", "p".repeat(1_024))).auth())
                .contains("p".repeat(1_024));
        assertThat(secrets(Optional.empty(), basic("u", "")).auth()).contains("");
        assertRefused(
                "endpoint.webhook.auth.basic.password", () -> secrets(Optional.empty(), basic("u", "p".repeat(1_025))));
    }

    @Test
    void token_isAB64tokenOfAtMost4096() {
        assertThat(secrets(Optional.empty(), bearer("aZ9-._~+/==")).auth()).contains("aZ9-._~+/==");
        assertThat(secrets(Optional.empty(), bearer("t".repeat(4_096))).auth()).isPresent();
        for (String token : new String[] {"", "t".repeat(4_097), "a b", "=a", "a=b", "ä", "a\n"}) {
            assertRefused("endpoint.webhook.auth.bearer.token", () -> secrets(Optional.empty(), bearer(token)));
        }
    }

    // ---- client certificates ----

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void privateKey_isOfAnyKnownKind(String algorithm) {
        String key = key(algorithm);

        assertThat(secrets(Optional.empty(), certificate("chain", key)).certificate())
                .contains(new DestinationSecrets.Certificate("chain", key));
    }

    @Test
    void certificate_needsBothItsParts() {
        String field = "endpoint.webhook.client_certificate.";
        assertRefused(field + "certificate_chain_pem", () -> secrets(Optional.empty(), certificate("", "")));
        assertRefused(field + "certificate_chain_pem", () -> secrets(Optional.empty(), certificate("", KEY)));
        assertRefused(field + "private_key_pem", () -> secrets(Optional.empty(), certificate("chain", "")));
        assertRefused(field + "private_key_pem", () -> secrets(Optional.empty(), certificate("chain", "nonsense")));
        assertRefused(
                field + "private_key_pem",
                () -> secrets(
                        Optional.empty(),
                        certificate("chain", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")));
        assertRefused(
                field + "private_key_pem",
                () -> secrets(
                        Optional.empty(),
                        certificate("chain", KEY.replace("\n-----END", "\n".repeat(16 << 10) + "-----END"))));
    }

    @Test
    void chain_isAtMost32Kibibytes_ofPem() {
        assertRefused("client_certificate.certificate_chain_pem", certificate("x".repeat((32 << 10) + 1), KEY));
        assertRefused("client_certificate.certificate_chain_pem", certificate("nonsense", KEY));
    }

    // ---- secrets that stay ----

    private static Optional<WebhookMapper.Stored> stored(String url) {
        return Optional.of(new WebhookMapper.Stored(
                url,
                Optional.of(new WebhookDestination.Auth(Optional.empty())),
                new DestinationSecrets(
                        Optional.of("token"), Optional.of(new DestinationSecrets.Certificate("chain", KEY)))));
    }

    @Test
    void emptySecrets_keepTheStoredOnes_atTheSameReceiver() {
        Optional<WebhookMapper.Stored> before = stored("https://A.example/old?x=1");
        String renewed = key("EC");

        assertThat(secrets(before, bearer("")).auth()).contains("token");
        assertThat(secrets(before, certificate("", "")).certificate())
                .contains(new DestinationSecrets.Certificate("chain", KEY));
        assertThat(secrets(before, certificate("renewed", "")).certificate())
                .contains(new DestinationSecrets.Certificate("renewed", KEY));
        assertThat(secrets(before, certificate("", renewed)).certificate())
                .contains(new DestinationSecrets.Certificate("chain", renewed));
        assertThat(secrets(before, w -> w)).isEqualTo(DestinationSecrets.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a.example/x", "https://b.example/x", "https://a.example:8443/x"})
    void emptySecrets_areRefused_whenTheReceiverIsAnother(String url) {
        Optional<WebhookMapper.Stored> before = stored(url);

        assertRefused("endpoint.webhook.auth.bearer.token", () -> secrets(before, bearer("")));
        assertRefused(
                "endpoint.webhook.client_certificate.certificate_chain_pem",
                () -> secrets(before, certificate("", "")));
    }

    /** The JDK sees no host in any of these. */
    @ParameterizedTest
    @CsvSource({
        "https://b\u00fccher.example/x, https://thief-\u00fc.example/x",
        "https://hooks.1st/x, https://hooks.2nd/x",
        "https://[::f:109999999999999999.0.0.1]/, https://a.example/x",
    })
    void emptySecrets_areRefused_whenTheHostsAreOddAndOthers(String storedUrl, String url) {
        assertRefused(
                "endpoint.webhook.auth.bearer.token",
                () -> secrets(stored(storedUrl), w -> bearer("").apply(w).setUrl(url)));
    }

    @Test
    void emptySecret_isRefused_whenTheKindOfLoginIsAnother() {
        assertRefused(
                "endpoint.webhook.auth.basic.password", () -> secrets(stored("https://a.example/"), basic("u", "")));
    }

    @Test
    void port443_isTheSameReceiver_asNone() {
        assertThat(secrets(stored("https://a.example:443/"), bearer("")).auth()).contains("token");
    }

    @Test
    void destination_comesBack_withoutSecrets() {
        WebhookDestination webhook = destination(w -> batch(7, 2_048, Durations.fromMillis(5))
                .apply(bearer("secret").apply(w))
                .putHeaders("x-a", "1")
                .setFormat(io.eventsync.v1.WebhookFormat.WEBHOOK_FORMAT_STANDARD));

        assertThat(WebhookMapper.toProto(webhook).toString()).doesNotContain("secret");
        assertThat(WebhookMapper.toDestination(WebhookMapper.toProto(webhook), "webhook"))
                .isEqualTo(webhook);
    }
}
