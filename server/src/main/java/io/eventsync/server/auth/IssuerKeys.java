package io.eventsync.server.auth;

import io.eventsync.server.upkeep.Upkeep;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of the issuer of JWTs. Read at the start, then now and then, and at once when a token names a key that is not there, as
 * after a rotation; but not more than once in a while, or made-up tokens would make this node flood the issuer. While the issuer does not
 * answer, the keys of before go on.
 */
final class IssuerKeys {
    private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);
    private static final long TIMEOUT_MILLIS = 5_000;
    private static final int BYTES_MAX = 256 << 10;
    static final Duration BETWEEN = Duration.ofSeconds(5);
    private static final long BETWEEN_NANOS = BETWEEN.toNanos();
    private static final int OK = 200;

    private final HttpClient http;
    private final String url;
    private final Upkeep refresh;
    private volatile Keys keys = new Keys(0, List.of());
    private volatile @Nullable Future<Void> reading;
    private volatile boolean wasRead;
    private volatile long readNanos = System.nanoTime() - BETWEEN_NANOS;

    /**
     * What the issuer published last.
     *
     * @param revision changes when they do
     */
    record Keys(long revision, List<JsonWebKey> all) {
        /** Null if there is none of this id, or more than one without an id to tell them apart. */
        @Nullable
        JsonWebKey find(@Nullable String id) {
            List<JsonWebKey> found = all.stream()
                    .filter(key -> id == null || id.equals(key.getKeyId()))
                    .toList();
            return found.size() == 1 ? found.get(0) : null;
        }
    }

    IssuerKeys(Vertx vertx, JwtConfig config) {
        this.http = vertx.createHttpClient(new HttpClientOptions().setConnectTimeout((int) TIMEOUT_MILLIS));
        this.url = config.jwksUrl().orElseThrow();
        this.refresh = new Upkeep(
                vertx, "keys of the token issuer", config.refresh().toMillis(), () -> read().map(v -> false));
    }

    /** Reads the keys; a server starts without them, too. */
    Future<Void> start() {
        return read().otherwise(e -> {
                    LOG.warn(
                            "keys of the token issuer cannot be read url={} cause={} next=when a JWT comes",
                            url,
                            e.getMessage());
                    return null;
                })
                .onSuccess(v -> refresh.start());
    }

    Future<Void> close() {
        refresh.close();
        return http.close();
    }

    /** Whether a key that is not among them is one that the issuer does not publish: it answered when it was asked last. */
    boolean areKnown() {
        return wasRead;
    }

    Keys keys() {
        return keys;
    }

    /** Reads them again, unless that was tried a moment ago. Never fails. */
    Future<Void> again() {
        Future<Void> now = reading;
        if (now != null && !now.isComplete()) {
            return now.otherwiseEmpty();
        }
        if (System.nanoTime() - readNanos < BETWEEN_NANOS) {
            return Future.succeededFuture();
        }
        return read().otherwise(e -> {
            LOG.warn(
                    "keys of the token issuer cannot be read url={} cause={} next=those of before",
                    url,
                    e.getMessage());
            return null;
        });
    }

    private Future<Void> read() {
        readNanos = System.nanoTime();
        Future<Void> now = http.request(new RequestOptions()
                        .setMethod(HttpMethod.GET)
                        .setAbsoluteURI(url)
                        .setFollowRedirects(false)
                        .setTimeout(TIMEOUT_MILLIS)
                        .putHeader("accept", "application/json"))
                .compose(request -> request.send())
                .compose(response -> {
                    if (response.statusCode() != OK) {
                        return Future.failedFuture("status " + response.statusCode());
                    }
                    Buffer body = Buffer.buffer();
                    response.handler(part -> {
                        if (body.length() + part.length() > BYTES_MAX) {
                            Object unused = response.request().reset();
                        } else {
                            body.appendBuffer(part);
                        }
                    });
                    return response.end().map(v -> body);
                })
                .timeout(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
                .compose(this::take)
                .onComplete(done -> wasRead = done.succeeded());
        reading = now;
        return now;
    }

    private Future<Void> take(Buffer body) {
        try {
            // Keys for encryption are not for signatures, and a shared secret has no place in a public list.
            List<JsonWebKey> found = new JsonWebKeySet(body.toString())
                    .getJsonWebKeys().stream()
                            .filter(key -> key.getUse() == null || key.getUse().equals("sig"))
                            .filter(key -> !key.getKeyType().equals("oct"))
                            .toList();
            if (found.isEmpty()) {
                return Future.failedFuture("no key to check signatures with");
            }
            if (!same(found)) {
                keys = new Keys(keys.revision() + 1, found);
                LOG.info("keys of the token issuer read url={} keys={}", url, found.size());
            }
            return Future.succeededFuture();
        } catch (JoseException e) {
            return Future.failedFuture(e);
        }
    }

    private boolean same(List<JsonWebKey> found) {
        return found.stream()
                .map(JsonWebKey::toJson)
                .toList()
                .equals(keys.all().stream().map(JsonWebKey::toJson).toList());
    }
}
