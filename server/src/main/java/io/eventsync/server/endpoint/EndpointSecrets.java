package io.eventsync.server.endpoint;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.secret.Secret;
import io.eventsync.server.secret.SecretBox;
import io.eventsync.server.webhook.SigningKey;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Seals what endpoints keep secret, and opens it again. */
public final class EndpointSecrets {
    private final Optional<SecretBox> box;
    private final SigningKeyStore keys;

    /** @param box empty if this server has no key: it then stores no secrets */
    public EndpointSecrets(Pool pool, Optional<SecretBox> box) {
        this.box = box;
        this.keys = new SigningKeyStore(pool);
    }

    /** Fails with SECRET_KEY_MISSING if there is nothing to seal with. */
    void requireKey() {
        SecretBox unused = box();
    }

    private SecretBox box() {
        return box.orElseThrow(() -> Failure.of(
                Reason.SECRET_KEY_MISSING,
                "this server has no key to seal secrets with; set secrets.key (or secrets.key-file)"));
    }

    byte @Nullable [] seal(String endpoint, DestinationSecrets secrets) {
        return secrets.isEmpty() ? null : box().seal(Secret.of(secrets.encode()), context(endpoint, "destination"));
    }

    /** Empty if it does not open. */
    public Optional<DestinationSecrets> open(String endpoint, byte @Nullable [] sealed) {
        if (sealed == null) {
            return Optional.of(DestinationSecrets.NONE);
        }
        return box.flatMap(
                        b -> b.unseal(sealed, context(endpoint, "destination")).secret())
                .map(s -> DestinationSecrets.decode(s.bytes()));
    }

    Future<Void> insert(SqlClient client, long id, String endpoint, List<SigningKey> made) {
        Future<Void> done = Future.succeededFuture();
        for (SigningKey key : made) {
            SigningKeyStore.Sealed sealed = new SigningKeyStore.Sealed(
                    key.keyId(),
                    key.scheme().name(),
                    key.publicKey(),
                    box().seal(key.secret(), context(endpoint, key.keyId())),
                    key.createdMicros(),
                    key.expiresMicros());
            done = done.compose(v -> keys.insert(client, id, sealed));
        }
        return done;
    }

    Future<Void> retire(SqlClient client, long id, long millis) {
        return keys.retire(client, id, millis);
    }

    Future<Void> deleteScheme(SqlClient client, long id, SigningKey.Scheme scheme) {
        return keys.deleteScheme(client, id, scheme.name());
    }

    /**
     * The keys that sign now, newest first; an endpoint with one that does not open is missing.
     *
     * @param names of the endpoints by their numbers
     */
    public Future<Map<Long, List<SigningKey>>> signingKeys(Map<Long, String> names) {
        return keys.of(names.keySet().toArray(Long[]::new))
                .map(rows -> names.entrySet().stream()
                        .map(e -> Map.entry(e.getKey(), opened(e.getValue(), rows.getOrDefault(e.getKey(), List.of()))))
                        .filter(e -> e.getValue().isPresent())
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, e -> e.getValue().orElseThrow())));
    }

    private Optional<List<SigningKey>> opened(String endpoint, List<SigningKeyStore.Sealed> sealed) {
        List<SigningKey> opened = new ArrayList<>();
        for (SigningKeyStore.Sealed key : sealed) {
            Optional<Secret> secret = box.flatMap(
                    b -> b.unseal(key.secret(), context(endpoint, key.keyId())).secret());
            if (secret.isEmpty()) {
                return Optional.empty();
            }
            opened.add(new SigningKey(
                    key.keyId(),
                    SigningKey.Scheme.valueOf(key.scheme()),
                    secret.get(),
                    key.publicKey(),
                    key.createdMicros(),
                    key.expiresMicros()));
        }
        return Optional.of(opened);
    }

    /** A secret that is copied to another endpoint's row does not open there. */
    private static String context(String endpoint, String what) {
        return "endpoint/" + endpoint + "/" + what;
    }
}
