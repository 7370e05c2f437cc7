package io.eventsync.server.auth;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.upkeep.Upkeep;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * API tokens. A node holds all that live and looks every two seconds whether there was a change, so that a call costs no query and a revoked
 * token ends everywhere within seconds.
 */
public final class Tokens {
    private static final int MAX = 10_000;
    private static final int GRANTS_MAX = 100;
    private static final int NAME_LENGTH_MAX = 128;
    private static final long LOOK_MILLIS = 2_000;
    private static final long USED_MILLIS = 30_000;
    private static final String TYPE = "eventsync.v1/Token";

    private final TokenStore store;
    private final InstantSource clock;
    private final Upkeep look;
    private final Upkeep note;
    private final Set<String> used = ConcurrentHashMap.newKeySet();
    private final AtomicLong looks = new AtomicLong();
    private final AtomicReference<Seen> last = new AtomicReference<>(new Seen(0, 0, Map.of()));
    private volatile @Nullable Future<Void> looking;

    /** What a look found. Of two the one that began later counts: what it found revoked would be good again by the other. */
    private record Seen(long number, long revision, Map<String, TokenStore.Stored> live) {
        static Seen later(Seen one, Seen other) {
            return one.number > other.number ? one : other;
        }
    }

    /** A new token with the text that its owner gets, once. */
    public record Created(ApiToken token, String secret) {}

    public Tokens(Vertx vertx, Pool pool, InstantSource clock) {
        this.store = new TokenStore(pool);
        this.clock = clock;
        this.look = new Upkeep(vertx, "tokens", LOOK_MILLIS, () -> look().map(v -> false));
        this.note = new Upkeep(vertx, "use of tokens", USED_MILLIS, this::noteUse);
    }

    /** Reads what there is. */
    public Future<Void> start() {
        return look().onSuccess(v -> {
            look.start();
            note.start();
        });
    }

    public void close() {
        look.close();
        note.close();
    }

    private Future<Void> look() {
        long number = looks.incrementAndGet();
        return store.revision()
                .compose(found -> found == seen().revision()
                        ? Future.<Void>succeededFuture()
                        : store.live(MAX).map(all -> {
                            Map<String, TokenStore.Stored> next = new HashMap<>();
                            all.forEach(one -> next.put(one.token().id(), one));
                            last.accumulateAndGet(new Seen(number, found, next), Seen::later);
                            return null;
                        }));
    }

    private Seen seen() {
        return Objects.requireNonNull(last.get());
    }

    /** One look for all that ask meanwhile: a flood of made-up tokens costs a query at a time. */
    private Future<Void> lookOnce() {
        Future<Void> now = looking;
        if (now == null || now.isComplete()) {
            now = look();
            looking = now;
        }
        return now;
    }

    /** The principal of a token; a token that another node has just made is looked for. Empty if it is none of ours. */
    Future<Optional<Principal>> principal(TokenSecret secret) {
        Optional<Principal> known = known(secret);
        return known.isPresent() || seen().live().containsKey(secret.id())
                ? Future.succeededFuture(known)
                : lookOnce()
                        .recover(e -> Future.failedFuture(Failure.storeUnavailable(e)))
                        .map(v -> known(secret));
    }

    private Optional<Principal> known(TokenSecret secret) {
        TokenStore.Stored stored = seen().live().get(secret.id());
        if (stored == null || !MessageDigest.isEqual(stored.hash(), secret.hash())) {
            return Optional.empty();
        }
        used.add(secret.id());
        return Optional.of(stored.token().principal());
    }

    /** Whether a token with this id has not been revoked, as far as this node knows. */
    boolean isLive(String id) {
        return seen().live().containsKey(id);
    }

    /**
     * Makes a token.
     *
     * @param expires in the future
     */
    public Future<Created> create(String displayName, List<Grant> grants, Optional<Instant> expires) {
        check(displayName, grants, expires);
        TokenSecret secret = TokenSecret.random();
        return stored(store.insert(secret, displayName, grants, expires, MAX))
                .map(created -> created.orElseThrow(
                        () -> Failure.of(Reason.LIMIT_REACHED, "there are " + MAX + " tokens already")
                                .with("limit", MAX)))
                .compose(created -> stored(look())
                        .map(v -> new Created(
                                new ApiToken(secret.id(), displayName, grants, expires, created, Optional.empty()),
                                secret.text())));
    }

    private void check(String displayName, List<Grant> grants, Optional<Instant> expires) {
        if (displayName.isBlank() || displayName.length() > NAME_LENGTH_MAX || hasControl(displayName)) {
            throw Failure.field("token.display_name", "must have 1 to 128 characters, no control characters");
        }
        if (grants.isEmpty() || grants.size() > GRANTS_MAX) {
            throw Failure.field("token.grants", "has " + grants.size() + " entries, 1 to 100 are allowed");
        }
        if (expires.isPresent() && !expires.get().isAfter(clock.instant())) {
            throw Failure.field("token.expire_time", "must be in the future");
        }
    }

    private static boolean hasControl(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    /** Those that are not revoked, the oldest first, as the database has them. */
    public Future<List<ApiToken>> list() {
        return stored(store.live(MAX))
                .map(all -> all.stream().map(TokenStore.Stored::token).toList());
    }

    /** Ends a token: at once here, on the other nodes when they look. */
    public Future<Void> revoke(String id) {
        return stored(store.revoke(id))
                .compose(found -> found ? stored(look()) : Future.failedFuture(Failure.notFound(TYPE, id)));
    }

    private Future<Boolean> noteUse() {
        if (used.isEmpty()) {
            return Future.succeededFuture(false);
        }
        Set<String> noted = new HashSet<>(used);
        return store.used(noted).map(v -> {
            used.removeAll(noted);
            return false;
        });
    }

    private static <T> Future<T> stored(Future<T> query) {
        return query.recover(e -> Future.failedFuture(Failure.storeUnavailable(e)));
    }
}
