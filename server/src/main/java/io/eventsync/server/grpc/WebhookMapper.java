package io.eventsync.server.grpc;

import io.eventsync.server.endpoint.DestinationSecrets;
import io.eventsync.server.endpoint.WebhookDestination;
import io.eventsync.server.endpoint.WebhookDestination.Auth;
import io.eventsync.server.endpoint.WebhookDestination.Batch;
import io.eventsync.server.endpoint.WebhookDestination.CertificateInfo;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.webhook.HeaderRules;
import io.eventsync.server.webhook.SigningKey;
import io.eventsync.server.webhook.WebhookFormat;
import io.eventsync.v1.BasicAuth;
import io.eventsync.v1.BatchSettings;
import io.eventsync.v1.BearerAuth;
import io.eventsync.v1.ClientCertificate;
import io.eventsync.v1.Endpoint;
import io.eventsync.v1.SignatureScheme;
import io.eventsync.v1.Webhook;
import io.eventsync.v1.WebhookAuth;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Webhooks of the contract to those of the server, and back. */
final class WebhookMapper {
    private static final Duration TIMEOUT_MIN = Duration.ofSeconds(1);
    private static final Duration TIMEOUT_MAX = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final Duration BATCH_WAIT_MAX = Duration.ofSeconds(60);
    private static final int BATCH_BYTES_MIN = 1 << 10;
    private static final int BATCH_BYTES_MAX = 4 << 20;
    private static final int BATCH_BYTES = 1 << 20;
    private static final int USERNAME_MAX = 256;
    private static final int PASSWORD_MAX = 1_024;
    private static final int TOKEN_MAX = 4_096;
    private static final int CHAIN_MAX = 32 << 10;
    private static final int KEY_MAX = 16 << 10;
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----\\s*");

    private WebhookMapper() {}

    // ---- in ----

    static WebhookDestination toDestination(Webhook webhook, String field) {
        try {
            return destination(webhook);
        } catch (Failure refused) {
            throw refused.within(field);
        }
    }

    private static WebhookDestination destination(Webhook webhook) {
        if (webhook.getUrl().isEmpty()) {
            throw Failure.field("url", "is required");
        }
        HeaderRules.requireValid("headers", webhook.getHeadersMap());
        WebhookFormat format = format(webhook.getFormat());
        if (webhook.hasBatch() && format != WebhookFormat.STANDARD) {
            throw Failure.field("batch", "goes with WEBHOOK_FORMAT_STANDARD only");
        }
        return new WebhookDestination(
                webhook.getUrl(),
                format,
                webhook.getHeadersMap(),
                auth(webhook.getAuth()),
                webhook.hasClientCertificate()
                        ? Optional.of(certificate(webhook.getClientCertificate()))
                        : Optional.empty(),
                webhook.hasTimeout()
                        ? FilterMapper.toDuration("timeout", webhook.getTimeout(), TIMEOUT_MIN, TIMEOUT_MAX)
                        : TIMEOUT,
                webhook.hasBatch() ? Optional.of(batch(webhook.getBatch())) : Optional.empty(),
                schemes(webhook.getSignatureSchemesList()));
    }

    private static WebhookFormat format(io.eventsync.v1.WebhookFormat format) {
        return switch (format) {
            case WEBHOOK_FORMAT_UNSPECIFIED, WEBHOOK_FORMAT_STANDARD -> WebhookFormat.STANDARD;
            case WEBHOOK_FORMAT_RAW -> WebhookFormat.RAW;
            case WEBHOOK_FORMAT_CLOUDEVENTS_BINARY -> WebhookFormat.CLOUDEVENTS_BINARY;
            case WEBHOOK_FORMAT_CLOUDEVENTS_STRUCTURED -> WebhookFormat.CLOUDEVENTS_STRUCTURED;
            case WEBHOOK_FORMAT_LEGACY -> WebhookFormat.LEGACY;
            case UNRECOGNIZED -> throw Failure.field("format", "is not a known format");
        };
    }

    private static Optional<Auth> auth(WebhookAuth auth) {
        return switch (auth.getKindCase()) {
            case BASIC -> {
                String user = auth.getBasic().getUsername();
                boolean isValid = !user.isEmpty()
                        && user.length() <= USERNAME_MAX
                        && user.indexOf(':') < 0
                        && user.chars().noneMatch(Character::isISOControl);
                if (!isValid) {
                    throw Failure.field(
                            "auth.basic.username",
                            "must be 1 to " + USERNAME_MAX + " characters without colon and control characters");
                }
                yield Optional.of(new Auth(Optional.of(user)));
            }
            case BEARER -> Optional.of(new Auth(Optional.empty()));
            case KIND_NOT_SET -> Optional.empty();
        };
    }

    private static Batch batch(BatchSettings batch) {
        int bytes = batch.getMaxBytes() == 0 ? BATCH_BYTES : batch.getMaxBytes();
        if (bytes < BATCH_BYTES_MIN || bytes > BATCH_BYTES_MAX) {
            throw Failure.field(
                    "batch.max_bytes",
                    "must be from " + BATCH_BYTES_MIN + " to " + BATCH_BYTES_MAX + ", or 0 for " + BATCH_BYTES);
        }
        return new Batch(
                FilterMapper.toCount("batch.max_events", batch.getMaxEvents(), 100, 1_000),
                bytes,
                batch.hasMaxWait()
                        ? FilterMapper.toDuration("batch.max_wait", batch.getMaxWait(), Duration.ZERO, BATCH_WAIT_MAX)
                        : Duration.ofSeconds(1));
    }

    private static List<SigningKey.Scheme> schemes(List<SignatureScheme> given) {
        List<SigningKey.Scheme> schemes = new ArrayList<>();
        for (SignatureScheme scheme : given) {
            SigningKey.Scheme known = switch (scheme) {
                case SIGNATURE_SCHEME_UNSPECIFIED, SIGNATURE_SCHEME_HMAC_SHA256 -> SigningKey.Scheme.HMAC_SHA256;
                case SIGNATURE_SCHEME_ED25519 -> SigningKey.Scheme.ED25519;
                case UNRECOGNIZED -> throw Failure.field("signature_schemes", "has an entry that is no known scheme");
            };
            if (!schemes.contains(known)) {
                schemes.add(known);
            }
        }
        schemes.sort(null);
        return schemes.isEmpty() ? List.of(SigningKey.Scheme.HMAC_SHA256) : schemes;
    }

    private static CertificateInfo certificate(ClientCertificate given) {
        if (given.getCertificateChainPem().isEmpty()) {
            // In an update: the stored one, of which the caller was shown these.
            return new CertificateInfo(
                    given.getSubject(),
                    given.getFingerprintSha256(),
                    given.getExpireTime().getSeconds() * 1_000_000L);
        }
        EndpointMapper.requireLength(
                "client_certificate.certificate_chain_pem", given.getCertificateChainPem(), CHAIN_MAX);
        try {
            X509Certificate first = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(
                            given.getCertificateChainPem().getBytes(StandardCharsets.UTF_8)))
                    .iterator()
                    .next();
            return new CertificateInfo(
                    first.getSubjectX500Principal().getName(),
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(first.getEncoded())),
                    first.getNotAfter().toInstant().getEpochSecond() * 1_000_000L);
        } catch (GeneralSecurityException | java.util.NoSuchElementException e) {
            throw Failure.field("client_certificate.certificate_chain_pem", "is not a certificate in PEM");
        }
    }

    /** In an update: what is shown of the stored certificate stays, whatever the caller says of it. */
    static Endpoint.Builder keepShown(Endpoint there, Endpoint.Builder merged) {
        if (merged.hasWebhook() && merged.getWebhook().hasClientCertificate()) {
            ClientCertificate stored = there.getWebhook().getClientCertificate();
            merged.getWebhookBuilder()
                    .getClientCertificateBuilder()
                    .setSubject(stored.getSubject())
                    .setFingerprintSha256(stored.getFingerprintSha256())
                    .setExpireTime(stored.getExpireTime());
        }
        return merged;
    }

    /**
     * The secrets of a webhook: those given, and in an update those stored where none are given.
     *
     * @param before what is stored, and for which URL; empty when the endpoint is new
     */
    static DestinationSecrets secrets(Webhook webhook, Optional<Stored> before) {
        try {
            boolean mayKeep = before.isPresent() && origin(before.get().url()).equals(origin(webhook.getUrl()));
            return new DestinationSecrets(
                    authSecret(webhook.getAuth(), before, mayKeep), certificateSecret(webhook, before, mayKeep));
        } catch (Failure refused) {
            throw refused.within("endpoint.webhook");
        }
    }

    /** What an endpoint has before an update. */
    record Stored(String url, Optional<Auth> auth, DestinationSecrets secrets) {}

    private static Optional<String> authSecret(WebhookAuth auth, Optional<Stored> before, boolean mayKeep) {
        if (auth.getKindCase() == WebhookAuth.KindCase.KIND_NOT_SET) {
            return Optional.empty();
        }
        boolean isBasic = auth.hasBasic();
        String field = isBasic ? "auth.basic.password" : "auth.bearer.token";
        String given =
                isBasic ? auth.getBasic().getPassword() : auth.getBearer().getToken();
        if (given.isEmpty()) {
            boolean isSameKind = before.flatMap(Stored::auth)
                    .map(a -> a.username().isPresent() == isBasic)
                    .orElse(false);
            if (mayKeep && isSameKind) {
                return before.get().secrets().auth();
            }
            if (isBasic && before.isEmpty()) {
                return Optional.of("");
            }
            throw Failure.field(
                    field, before.isEmpty() ? "is required" : "has to be given again, as the receiver is another one");
        }
        if (isBasic && (given.length() > PASSWORD_MAX || given.chars().anyMatch(Character::isISOControl))) {
            throw Failure.field(field, "must be at most " + PASSWORD_MAX + " characters without control characters");
        }
        if (!isBasic && (given.length() > TOKEN_MAX || !TOKEN.matcher(given).matches())) {
            throw Failure.field(field, "must be 1 to " + TOKEN_MAX + " characters of a b64token (RFC 6750)");
        }
        return Optional.of(given);
    }

    private static Optional<DestinationSecrets.Certificate> certificateSecret(
            Webhook webhook, Optional<Stored> before, boolean mayKeep) {
        if (!webhook.hasClientCertificate()) {
            return Optional.empty();
        }
        ClientCertificate given = webhook.getClientCertificate();
        Optional<DestinationSecrets.Certificate> stored =
                mayKeep ? before.flatMap(b -> b.secrets().certificate()) : Optional.empty();
        String chain = given(
                "client_certificate.certificate_chain_pem",
                given.getCertificateChainPem(),
                stored.map(DestinationSecrets.Certificate::chainPem));
        String key = given(
                "client_certificate.private_key_pem",
                given.getPrivateKeyPem(),
                stored.map(DestinationSecrets.Certificate::keyPem));
        requireKey(key);
        return Optional.of(new DestinationSecrets.Certificate(chain, key));
    }

    private static String given(String field, String given, Optional<String> stored) {
        return given.isEmpty() ? stored.orElseThrow(() -> Failure.field(field, "is required")) : given;
    }

    private static void requireKey(String pem) {
        Matcher key = PRIVATE_KEY.matcher(pem.strip());
        if (pem.length() > KEY_MAX || !key.matches()) {
            throw Failure.field("client_certificate.private_key_pem", "is not an unencrypted PKCS#8 key in PEM");
        }
        byte[] bytes = Base64.getMimeDecoder().decode(key.group(1));
        if (Stream.of("RSA", "EC", "Ed25519").noneMatch(algorithm -> isKey(algorithm, bytes))) {
            throw Failure.field("client_certificate.private_key_pem", "is not an RSA, EC or Ed25519 key");
        }
    }

    private static boolean isKey(String algorithm, byte[] pkcs8) {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8)) != null;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** A URL whose host the JDK does not know for one, such as a name with other than ASCII, is of its own origin only. */
    private static String origin(String url) {
        try {
            URI uri = new URI(url);
            if (uri.getHost() == null) {
                return url;
            }
            boolean isPlain = "http".equalsIgnoreCase(uri.getScheme());
            int port = uri.getPort() >= 0 ? uri.getPort() : isPlain ? 80 : 443;
            return (uri.getScheme() + "://" + uri.getHost() + ":" + port).toLowerCase(java.util.Locale.ROOT);
        } catch (URISyntaxException | NumberFormatException e) {
            return url;
        }
    }

    // ---- out ----

    static Webhook toProto(WebhookDestination webhook) {
        Webhook.Builder proto = Webhook.newBuilder()
                .setUrl(webhook.url())
                .setFormat(io.eventsync.v1.WebhookFormat.valueOf(
                        "WEBHOOK_FORMAT_" + webhook.format().name()))
                .putAllHeaders(webhook.headers())
                .setTimeout(FilterMapper.toProto(webhook.timeout()));
        webhook.signatureSchemes().forEach(s -> proto.addSignatureSchemes(toProto(s)));
        webhook.auth()
                .ifPresent(a -> proto.setAuth(a.username()
                        .map(user -> WebhookAuth.newBuilder()
                                .setBasic(BasicAuth.newBuilder().setUsername(user)))
                        .orElseGet(() -> WebhookAuth.newBuilder().setBearer(BearerAuth.getDefaultInstance()))));
        webhook.certificate()
                .ifPresent(c -> proto.setClientCertificate(ClientCertificate.newBuilder()
                        .setSubject(c.subject())
                        .setFingerprintSha256(c.fingerprintSha256())
                        .setExpireTime(EventMapper.time(c.expireMicros()))));
        webhook.batch()
                .ifPresent(b -> proto.setBatch(BatchSettings.newBuilder()
                        .setMaxEvents(b.eventsMax())
                        .setMaxBytes(b.bytesMax())
                        .setMaxWait(FilterMapper.toProto(b.waitMax()))));
        return proto.build();
    }

    static SignatureScheme toProto(SigningKey.Scheme scheme) {
        return SignatureScheme.valueOf("SIGNATURE_SCHEME_" + scheme.name());
    }
}
