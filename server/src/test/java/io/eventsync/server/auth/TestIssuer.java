package io.eventsync.server.auth;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/** An issuer of JWTs that publishes its keys, as Auth0 does. */
final class TestIssuer implements AutoCloseable {
    static final String ISSUER = "https://issuer.example/";
    static final String AUDIENCE = "https://events.example";

    // To find primes takes seconds.
    private static final KeyPair RSA = rsaKeys();
    private static final KeyPair OTHER_RSA = rsaKeys();

    final PublicJsonWebKey rsa;
    final PublicJsonWebKey ec;
    final PublicJsonWebKey ed;
    final AtomicInteger reads = new AtomicInteger();
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private volatile List<PublicJsonWebKey> published = new ArrayList<>();
    private volatile @Nullable String raw;
    private volatile Future<Void> held = Future.succeededFuture();

    TestIssuer() throws JoseException {
        rsa = rsaOf(RSA, "rsa");
        ec = named(EcJwkGenerator.generateJwk(EllipticCurves.P256), "ec");
        ed = named(OkpJwkGenerator.generateJwk(OctetKeyPairJsonWebKey.SUBTYPE_ED25519), "ed");
        published = List.of(rsa, ec, ed);
        server = vertx.createHttpServer()
                .requestHandler(request -> {
                    reads.incrementAndGet();
                    String keys = raw != null
                            ? raw
                            : new JsonWebKeySet(published).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY);
                    held.onComplete(v -> request.response().end(keys));
                })
                .listen(0, "127.0.0.1")
                .await();
    }

    private static PublicJsonWebKey named(PublicJsonWebKey key, String id) {
        key.setKeyId(id);
        return key;
    }

    /** A key that no issuer has begun with. */
    static PublicJsonWebKey otherRsa(String id) throws JoseException {
        return rsaOf(OTHER_RSA, id);
    }

    private static PublicJsonWebKey rsaOf(KeyPair keys, String id) throws JoseException {
        PublicJsonWebKey key = PublicJsonWebKey.Factory.newPublicJwk(keys.getPublic());
        key.setPrivateKey(keys.getPrivate());
        return named(key, id);
    }

    private static KeyPair rsaKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    void publish(PublicJsonWebKey... keys) {
        published = List.of(keys);
    }

    /** Publishes a text in place of the keys. */
    void publish(String text) {
        raw = text;
    }

    /** Answers nobody before that. */
    void holdUntil(Future<Void> open) {
        held = open;
    }

    String url() {
        return "http://127.0.0.1:" + server.actualPort() + "/jwks.json";
    }

    Map<String, String> flags() {
        return Map.of(
                "auth-mode",
                "required",
                "auth-jwt-jwks-url",
                url(),
                "auth-jwt-issuer",
                ISSUER,
                "auth-jwt-audience",
                AUDIENCE);
    }

    static String sign(String algorithm, Key key, @Nullable String keyId, String claims) throws JoseException {
        JsonWebSignature jws = new JsonWebSignature();
        jws.setAlgorithmHeaderValue(algorithm);
        jws.setKey(key);
        if (keyId != null) {
            jws.setKeyIdHeaderValue(keyId);
        }
        jws.setPayload(claims);
        jws.setDoKeyValidation(false);
        jws.setAlgorithmConstraints(org.jose4j.jwa.AlgorithmConstraints.NO_CONSTRAINTS);
        return jws.getCompactSerialization();
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
