package io.eventsync.server.endpoint;

import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a webhook needs and nobody may read: password or token, certificate and its key. Stored sealed. */
public record DestinationSecrets(Optional<String> auth, Optional<Certificate> certificate) {
    public static final DestinationSecrets NONE = new DestinationSecrets(Optional.empty(), Optional.empty());

    /** PEM texts. */
    public record Certificate(String chainPem, String keyPem) {
        @Override
        public String toString() {
            return "Certificate[***]";
        }
    }

    boolean isEmpty() {
        return auth.isEmpty() && certificate.isEmpty();
    }

    byte[] encode() {
        JsonObject json = new JsonObject();
        auth.ifPresent(secret -> json.put("auth", secret));
        certificate.ifPresent(c -> json.put("chain", c.chainPem()).put("key", c.keyPem()));
        return json.toBuffer().getBytes();
    }

    static DestinationSecrets decode(byte[] bytes) {
        JsonObject json = new JsonObject(io.vertx.core.buffer.Buffer.buffer(bytes));
        @Nullable String chain = json.getString("chain");
        return new DestinationSecrets(
                Optional.ofNullable(json.getString("auth")),
                chain == null ? Optional.empty() : Optional.of(new Certificate(chain, json.getString("key"))));
    }

    @Override
    public String toString() {
        return "DestinationSecrets[***]";
    }
}
