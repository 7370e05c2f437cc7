package io.eventsync.server.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodeValidator;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Checks JSON Web Tokens: signature by a key that the issuer publishes, {@code iss}, {@code aud}, {@code exp}, which may not be far away, {@code nbf} and
 * {@code iat}. A token that was
 * found good is good until it expires, or until the issuer's keys change.
 */
final class JwtVerifier {
    private static final int CLOCK_SKEW_SECONDS = 30;
    private static final int KNOWN_MAX = 10_000;
    /** Public keys only: a shared secret, or none, is how tokens are forged. */
    private static final Set<String> ALGORITHMS = Set.of(
            AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
            AlgorithmIdentifiers.EDDSA);

    private static final Map<Integer, String> WHY = Map.ofEntries(
            Map.entry(ErrorCodes.SIGNATURE_INVALID, "its signature is wrong"),
            Map.entry(ErrorCodes.SIGNATURE_MISSING, "it is not signed"),
            Map.entry(ErrorCodes.ISSUER_INVALID, "iss is not the issuer"),
            Map.entry(ErrorCodes.ISSUER_MISSING, "it has no iss"),
            Map.entry(ErrorCodes.AUDIENCE_INVALID, "aud is not this server"),
            Map.entry(ErrorCodes.AUDIENCE_MISSING, "it has no aud"),
            Map.entry(ErrorCodes.EXPIRATION_MISSING, "it has no exp"),
            Map.entry(ErrorCodes.EXPIRATION_TOO_FAR_IN_FUTURE, "it expires later than auth.jwt-lifetime-max allows"),
            Map.entry(ErrorCodes.NOT_YET_VALID, "it is not valid yet"),
            Map.entry(ErrorCodes.ISSUED_AT_INVALID_FUTURE, "iat is in the future"),
            Map.entry(ErrorCodes.SUBJECT_MISSING, "it has no sub"));

    private final JwtConfig config;
    private final IssuerKeys keys;
    private final InstantSource clock;
    private final Cache<ByteBuffer, Known> known =
            Caffeine.newBuilder().maximumSize(KNOWN_MAX).executor(Runnable::run).build();

    private record Known(Principal principal, long keysRevision) {}

    JwtVerifier(JwtConfig config, IssuerKeys keys, InstantSource clock) {
        this.config = config;
        this.keys = keys;
        this.clock = clock;
    }

    /** Fails with UNAUTHENTICATED, or with ISSUER_UNAVAILABLE if it cannot be said. */
    Future<Principal> verify(String token) {
        ByteBuffer hash = ByteBuffer.wrap(TokenSecret.hash(token));
        Known before = known.getIfPresent(hash);
        if (before != null && before.keysRevision() == keys.keys().revision() && isLive(before.principal())) {
            return Future.succeededFuture(before.principal());
        }
        try {
            String keyId = keyId(token);
            IssuerKeys.Keys now = keys.keys();
            return now.find(keyId) != null
                    ? Future.succeededFuture(verified(token, keyId, now, hash))
                    : keys.again().map(v -> verified(token, keyId, keys.keys(), hash));
        } catch (RuntimeException refused) {
            return Future.failedFuture(refused);
        }
    }

    private boolean isLive(Principal principal) {
        return principal.expires().map(end -> clock.instant().isBefore(end)).orElse(true);
    }

    private static @Nullable String keyId(String token) {
        try {
            return JsonWebStructure.fromCompactSerialization(token).getKeyIdHeaderValue();
        } catch (JoseException | ClassCastException e) { // a kid that is no text is cast all the same
            throw Credentials.refused("the token is neither an API token nor a JWT");
        }
    }

    /** By one state of the keys: a token found good by a key that was then withdrawn is not known beyond it. */
    private Principal verified(String token, @Nullable String keyId, IssuerKeys.Keys published, ByteBuffer hash) {
        JsonWebKey key = published.find(keyId);
        if (key == null && !keys.areKnown()) {
            throw Failure.of(Reason.ISSUER_UNAVAILABLE, "the keys of the token issuer cannot be read just now")
                    .retryAfter(IssuerKeys.BETWEEN);
        }
        if (key == null) {
            throw Credentials.refused("the JWT is signed with a key that its issuer does not publish");
        }
        try {
            JwtContext context = consumer(key).process(token);
            Principal principal = principal(context.getJwtClaims());
            known.put(hash, new Known(principal, published.revision()));
            return principal;
        } catch (InvalidJwtException e) {
            throw Credentials.refused("the JWT does not count: " + why(e));
        } catch (MalformedClaimException | DateTimeException e) {
            throw Credentials.refused("the JWT has a malformed claim");
        }
    }

    private JwtConsumer consumer(JsonWebKey key) {
        return new JwtConsumerBuilder()
                .setVerificationKey(key.getKey())
                .setJwsAlgorithmConstraints(new AlgorithmConstraints(
                        ConstraintType.PERMIT, algorithms(key).toArray(String[]::new)))
                .setRequireExpirationTime()
                .setMaxFutureValidityInMinutes((int) config.lifetimeMax().toMinutes() + 1) // for other clocks
                .setIssuedAtRestrictions(0, Integer.MAX_VALUE)
                .setRequireSubject()
                .setExpectedIssuer(true, config.issuer().orElseThrow())
                .setExpectedAudience(true, config.audience().orElseThrow())
                .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
                .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
                .build();
    }

    /** A key that names its algorithm is for no other. */
    private static Set<String> algorithms(JsonWebKey key) {
        String named = key.getAlgorithm();
        if (named == null) {
            return ALGORITHMS;
        }
        if (!ALGORITHMS.contains(named)) {
            throw Credentials.refused("the JWT is signed by an algorithm that does not count");
        }
        return Set.of(named);
    }

    /** Not the library's own words: they hold the token. */
    private static String why(InvalidJwtException e) {
        if (e.hasExpired()) {
            return "it has expired";
        }
        for (ErrorCodeValidator.Error error : e.getErrorDetails()) {
            String known = WHY.get(error.getErrorCode());
            if (known != null) {
                return known;
            }
        }
        return "it is malformed, or signed by an algorithm that does not count";
    }

    private Principal principal(JwtClaims claims) throws MalformedClaimException {
        Instant expires =
                Instant.ofEpochSecond(claims.getExpirationTime().getValue()).plusSeconds(CLOCK_SKEW_SECONDS);
        List<Grant> grants = words(claims.getClaimValue(config.grantsClaim()))
                .flatMap(word -> Grant.parse(word).stream())
                .limit(1_000)
                .toList();
        return new Principal("jwt:" + claims.getSubject(), Optional.empty(), new Grants(grants), Optional.of(expires));
    }

    private static Stream<String> words(@Nullable Object claim) {
        if (claim instanceof Collection<?> list) {
            return list.stream().filter(String.class::isInstance).map(String.class::cast);
        }
        return claim instanceof String text ? Arrays.stream(text.split(" ")) : Stream.empty();
    }
}
