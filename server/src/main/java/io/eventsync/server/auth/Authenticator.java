package io.eventsync.server.auth;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells who calls. Safe for every event loop. */
public final class Authenticator {
    private static final Principal ADMIN =
            new Principal("token:admin", Optional.empty(), Grants.EVERYTHING, Optional.empty());

    private final Vertx vertx;
    private final AuthConfig config;
    private final Tokens tokens;
    private final InstantSource clock;
    private final @Nullable IssuerKeys keys;
    private final @Nullable JwtVerifier jwts;
    private final byte @Nullable [] adminHash;

    public Authenticator(Vertx vertx, Pool pool, AuthConfig config, InstantSource clock) {
        this.vertx = vertx;
        this.config = config;
        this.clock = clock;
        this.tokens = new Tokens(vertx, pool, clock);
        boolean isRequired = config.mode() == AuthConfig.Mode.REQUIRED;
        this.keys = isRequired && config.jwt().isOn() ? new IssuerKeys(vertx, config.jwt()) : null;
        this.jwts = keys == null ? null : new JwtVerifier(config.jwt(), keys, clock);
        this.adminHash = config.adminToken().map(TokenSecret::hash).orElse(null);
    }

    /** Ready when the tokens and keys were read. */
    public Future<Void> start() {
        return tokens.start().compose(v -> keys == null ? Future.succeededFuture() : keys.start());
    }

    public Future<Void> stop() {
        tokens.close();
        return keys == null ? Future.succeededFuture() : keys.close();
    }

    public Tokens tokens() {
        return tokens;
    }

    public boolean isRequired() {
        return config.mode() == AuthConfig.Mode.REQUIRED;
    }

    /** Who that is; fails with UNAUTHENTICATED if it is nobody. A certificate counts where there is no token. */
    public Future<Principal> principal(Credentials credentials) {
        if (!isRequired()) {
            return Future.succeededFuture(Principal.ANYONE);
        }
        return credentials
                .secret()
                .map(secret -> here(ofSecret(secret)))
                .orElseGet(() -> credentials
                        .certificateName()
                        .flatMap(config.certificates()::principal)
                        .map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(
                                Credentials.refused("credentials are required: authorization: Bearer <token>"))));
    }

    /** Several event loops may wait for one look at the tokens or keys, which ends on one of them: each goes on on its own. */
    private Future<Principal> here(Future<Principal> found) {
        if (found.isComplete()) {
            return found.succeeded() ? Future.succeededFuture(found.result()) : Future.failedFuture(found.cause());
        }
        Context own = vertx.getOrCreateContext();
        Promise<Principal> answer = Promise.promise();
        found.onComplete((principal, refused) -> own.runOnContext(v -> answer.complete(principal, refused)));
        return answer.future();
    }

    private Future<Principal> ofSecret(String secret) {
        if (adminHash != null && MessageDigest.isEqual(adminHash, TokenSecret.hash(secret))) {
            return Future.succeededFuture(ADMIN);
        }
        Optional<TokenSecret> token = TokenSecret.parse(secret);
        if (token.isPresent()) {
            return tokens.principal(token.get())
                    .map(found -> found.filter(this::isLive)
                            .orElseThrow(() -> Credentials.refused("the token is unknown, expired or revoked")));
        }
        return jwts == null
                ? Future.failedFuture(Credentials.refused("the token is unknown, expired or revoked"))
                : jwts.verify(secret);
    }

    /** Whether a call that was let in may go on: its token is neither revoked nor expired. */
    public boolean isLive(Principal principal) {
        return principal.tokenId().map(tokens::isLive).orElse(true)
                && principal.expires().map(end -> clock.instant().isBefore(end)).orElse(true);
    }
}
