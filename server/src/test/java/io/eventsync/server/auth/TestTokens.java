package io.eventsync.server.auth;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.stream.Stream;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.params.provider.Arguments;

/** JSON Web Tokens of an issuer: good ones, and all those that do not count. */
final class TestTokens {
    private final TestIssuer issuer;

    TestTokens(TestIssuer issuer) {
        this.issuer = issuer;
    }

    Stream<Arguments> bad() throws Exception {
        PublicJsonWebKey other = TestIssuer.otherRsa("rsa");
        PublicJsonWebKey unknown = TestIssuer.otherRsa("unknown");
        String good = claims("");
        String publicPem = new String(issuer.rsa.getKey().getEncoded(), StandardCharsets.ISO_8859_1);
        String signed = rs256(good);
        return Stream.of(
                Arguments.of("signed by another key of this id", sign(other, good)),
                Arguments.of("unknown key id", sign(unknown, good)),
                Arguments.of(
                        "no key id, several keys", TestIssuer.sign("RS256", issuer.rsa.getPrivateKey(), null, good)),
                Arguments.of("expired", rs256(with("exp", "" + (Instant.now().getEpochSecond() - 120)))),
                Arguments.of("no exp", rs256(good.replaceFirst("\"exp\":[0-9]+,", ""))),
                Arguments.of(
                        "expires in two days",
                        rs256(with("exp", "" + (Instant.now().getEpochSecond() + 2 * 86_400)))),
                Arguments.of(
                        "issued in the future",
                        rs256(claims(",\"iat\":" + (Instant.now().getEpochSecond() + 600)))),
                Arguments.of("exp as text", rs256(with("exp", "\"soon\""))),
                Arguments.of(
                        "not yet valid",
                        rs256(claims(",\"nbf\":" + (Instant.now().getEpochSecond() + 600)))),
                Arguments.of("other issuer", rs256(with("iss", "\"https://issuer.example.evil/\""))),
                Arguments.of("issuer without slash", rs256(with("iss", "\"https://issuer.example\""))),
                Arguments.of("no issuer", rs256(good.replaceFirst("\"iss\":\"[^\"]*\",", ""))),
                Arguments.of("other audience", rs256(with("aud", "[\"https://other.example\"]"))),
                Arguments.of("no audience", rs256(good.replaceFirst("\"aud\":\\[[^]]*],", ""))),
                Arguments.of("no subject", rs256(good.replaceFirst("\"sub\":\"[^\"]*\",", ""))),
                Arguments.of("alg none", none(good)),
                Arguments.of(
                        "alg NONE", none(good).replace(base64("{\"alg\":\"none\"}"), base64("{\"alg\":\"NONE\"}"))),
                Arguments.of(
                        "HS256 with the public key as its secret",
                        TestIssuer.sign(
                                "HS256", new HmacKey(publicPem.getBytes(StandardCharsets.ISO_8859_1)), "rsa", good)),
                Arguments.of(
                        "EC algorithm, RSA key id", TestIssuer.sign("ES256", issuer.ec.getPrivateKey(), "rsa", good)),
                Arguments.of("payload changed", tampered(signed)),
                Arguments.of("signature cut", signed.substring(0, signed.length() - 8)),
                Arguments.of("signature empty", signed.substring(0, signed.lastIndexOf('.') + 1)),
                Arguments.of("unknown crit", crit(good)),
                Arguments.of("not JSON", rs256("nonsense")),
                Arguments.of("two parts", "a.b"),
                Arguments.of("four parts", signed + ".x"),
                Arguments.of("encrypted form", "a.b.c.d.e"),
                Arguments.of("no token at all", "x"),
                Arguments.of(
                        "key id as number", base64("{\"alg\":\"RS256\",\"kid\":5}") + "." + base64(good) + ".AAAA"),
                Arguments.of("alg as number", base64("{\"alg\":5,\"kid\":\"rsa\"}") + "." + base64(good) + ".AAAA"),
                Arguments.of("no alg", base64("{\"kid\":\"rsa\"}") + "." + base64(good) + ".AAAA"),
                Arguments.of("header is a list", base64("[]") + "." + base64(good) + ".AAAA"),
                Arguments.of("header is null", base64("null") + "." + base64(good) + ".AAAA"),
                Arguments.of(
                        "crit as text",
                        base64("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"crit\":\"x\"}") + "." + base64(good) + ".AAAA"),
                Arguments.of(
                        "b64 as text",
                        base64("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"b64\":\"x\",\"crit\":[\"b64\"]}") + "."
                                + base64(good) + ".AAAA"),
                Arguments.of("deep header", base64("{\"a\":" + "[".repeat(2_000)) + "." + base64(good) + ".AAAA"),
                Arguments.of(
                        "encrypted with dir",
                        base64("{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"kid\":\"rsa\"}") + "..AAAA.AAAA.AAAA"),
                Arguments.of(
                        "encrypted, zipped",
                        base64("{\"alg\":\"RSA-OAEP\",\"enc\":\"A128GCM\",\"zip\":\"DEF\",\"kid\":\"rsa\"}")
                                + ".AAAA.AAAA.AAAA.AAAA"),
                Arguments.of(
                        "encrypted by password",
                        base64(
                                        "{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A128GCM\",\"p2c\":2000000000,\"p2s\":\"AAAAAAAAAAAAAAAA\",\"kid\":\"rsa\"}")
                                + ".AAAA.AAAA.AAAA.AAAA"),
                Arguments.of("signed claims are a list", rs256("[]")),
                Arguments.of("signed claims are a text", rs256("\"x\"")),
                Arguments.of("audience as number", rs256(with("aud", "5"))),
                Arguments.of("issuer as number", rs256(with("iss", "5"))),
                Arguments.of("subject as number", rs256(with("sub", "5"))),
                Arguments.of("subject as list", rs256(with("sub", "[1]"))),
                Arguments.of("exp beyond all time", rs256(with("exp", "99999999999999999999999999"))),
                Arguments.of("exp of the last second", rs256(with("exp", "" + Long.MAX_VALUE))),
                Arguments.of("exp negative", rs256(with("exp", "-1"))));
    }

    static String claims(String more) {
        long now = Instant.now().getEpochSecond();
        return "{\"iss\":\"" + TestIssuer.ISSUER + "\",\"aud\":[\"" + TestIssuer.AUDIENCE
                + "\"],\"sub\":\"auth0|1\",\"exp\":" + (now + 600)
                + ",\"permissions\":[\"ingest:ORDER\",\"read:ORDER\",\"something:else\"]" + more + "}";
    }

    String rs256(String claims) throws Exception {
        return sign(issuer.rsa, claims);
    }

    String sign(PublicJsonWebKey key, String claims) throws Exception {
        return TestIssuer.sign("RS256", key.getPrivateKey(), key.getKeyId(), claims);
    }

    static String with(String claim, String value) {
        return claims("").replaceFirst("\"" + claim + "\":(\"[^\"]*\"|\\[[^]]*]|[0-9]+)", "\"" + claim + "\":" + value);
    }

    private static String none(String claims) {
        return base64("{\"alg\":\"none\"}") + "." + base64(claims) + ".";
    }

    String crit(String claims) throws Exception {
        org.jose4j.jws.JsonWebSignature jws = new org.jose4j.jws.JsonWebSignature();
        jws.setAlgorithmHeaderValue("RS256");
        jws.setKey(issuer.rsa.getPrivateKey());
        jws.setKeyIdHeaderValue("rsa");
        jws.setHeader("crit", new String[] {"eventsync"});
        jws.setHeader("eventsync", "1");
        jws.setPayload(claims);
        return jws.getCompactSerialization();
    }

    private static String tampered(String token) {
        String[] parts = token.split("\\.", -1);
        String changed = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                .replace("ingest:ORDER", "admin:*");
        return parts[0] + "." + base64(changed) + "." + parts[2];
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
