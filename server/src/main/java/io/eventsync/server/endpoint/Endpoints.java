package io.eventsync.server.endpoint;

import com.github.f4b6a3.uuid.UuidCreator;
import io.eventsync.server.event.LogPoint;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.server.webhook.SigningKey;
import io.eventsync.server.webhook.SigningKeys;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Rules of the endpoints: create once, change, stop, start, move, delete. Any node may do so; the one that works it hears of it. */
public final class Endpoints {
    public static final String TYPE = "eventsync.v1/Endpoint";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final int UPDATE_TRIES = 5;

    private final EndpointStore store;
    private final EndpointSecrets secrets;
    private final DestinationCheck check;
    private final InstantSource clock;
    private final int max;
    private final Runnable onChange;
    private final ChangeWait changeWait;

    /**
     * @param max how many there may be
     * @param onChange is told after every change on this node
     */
    public Endpoints(
            Vertx vertx,
            Pool pool,
            EndpointSecrets secrets,
            DestinationCheck check,
            InstantSource clock,
            int max,
            Runnable onChange) {
        this.store = new EndpointStore(pool);
        this.secrets = secrets;
        this.check = check;
        this.clock = clock;
        this.max = max;
        this.onChange = onChange;
        this.changeWait = new ChangeWait(vertx, store);
    }

    /** Whether this server would send there. */
    public interface DestinationCheck {
        /** Fails with FIELD_INVALID, DESTINATION_REFUSED or FEATURE_OFF. */
        Future<Void> check(Destination destination);
    }

    /**
     * What a caller wants made.
     *
     * @param signingSecret to take over, or empty
     */
    public record Wanted(
            String name,
            EndpointSettings settings,
            DestinationSecrets secrets,
            String signingSecret,
            boolean isPaused,
            boolean isTrial) {
        @Override
        public String toString() {
            return "Wanted[name=" + name + "]";
        }
    }

    /** @param signingSecret shown once; empty if the endpoint was there, or has none */
    public record Made(Endpoint endpoint, String signingSecret) {
        @Override
        public String toString() {
            return "Made[endpoint=" + endpoint.name() + "]";
        }
    }

    /** Creates an endpoint, or answers the one that was created the same way. */
    public Future<Made> create(Wanted wanted, LogPoint point) {
        if (!NAME.matcher(wanted.name()).matches()) {
            return Future.failedFuture(Failure.field("endpoint.name", "must be 1 to 64 characters of [A-Za-z0-9_.-]"));
        }
        return stored(store.get(wanted.name())).compose(there -> {
            if (there.isPresent()) {
                return same(there.get(), wanted);
            }
            List<SigningKey> keys = keys(wanted.settings(), wanted.signingSecret(), "signing_secret");
            byte[] sealed = secrets.seal(wanted.name(), wanted.secrets());
            return check.check(wanted.settings().destination())
                    .compose(v -> stored(store.count()))
                    .compose(count -> count >= max
                            ? Future.failedFuture(
                                    Failure.of(Reason.LIMIT_REACHED, "there are as many endpoints as allowed")
                                            .with("limit", max))
                            : wanted.isTrial()
                                    ? Future.succeededFuture(new Made(trial(wanted, point), ""))
                                    : insert(wanted, point, keys, sealed));
        });
    }

    private Future<Made> insert(Wanted wanted, LogPoint point, List<SigningKey> keys, byte @Nullable [] sealed) {
        EndpointState state = wanted.isPaused() ? EndpointState.PAUSED : EndpointState.ACTIVE;
        return stored(store.inTransaction(client -> store.insert(
                                client, wanted.name(), wanted.settings(), sealed, state, point)
                        .compose(id -> id.isEmpty()
                                ? Future.succeededFuture(false)
                                : secrets.insert(client, id.getAsLong(), wanted.name(), keys)
                                        .compose(v -> announce(
                                                client, wanted.settings(), wanted.name(), "CREATED", "created"))
                                        .map(v -> true))))
                .compose(made -> get(wanted.name()).compose(there -> {
                    if (!made) {
                        return same(there, wanted); // somebody was faster
                    }
                    onChange.run();
                    return Future.succeededFuture(new Made(there, shown(keys)));
                }));
    }

    private static Future<Made> same(Endpoint there, Wanted wanted) {
        return SettingsJson.encode(there.settings()).equals(SettingsJson.encode(wanted.settings()))
                ? Future.succeededFuture(new Made(there, ""))
                : Future.failedFuture(Failure.exists(TYPE, wanted.name()));
    }

    private Endpoint trial(Wanted wanted, LogPoint point) {
        long now = nowMicros();
        return new Endpoint(
                0,
                wanted.name(),
                wanted.settings(),
                1,
                now,
                now,
                new Endpoint.Status(
                        wanted.isPaused() ? EndpointState.PAUSED : EndpointState.ACTIVE,
                        Optional.empty(),
                        now,
                        point,
                        point.position(),
                        0,
                        0,
                        0,
                        0,
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        "CLOSED",
                        0,
                        OptionalLong.empty(),
                        0,
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        Optional.empty()));
    }

    private List<SigningKey> keys(EndpointSettings settings, String given, String field) {
        List<SigningKey> keys = new ArrayList<>();
        if (!(settings.destination() instanceof WebhookDestination webhook)) {
            if (!given.isEmpty()) {
                throw Failure.field(field, "is for webhooks only");
            }
            return keys;
        }
        secrets.requireKey();
        for (SigningKey.Scheme scheme : webhook.signatureSchemes()) {
            keys.add(key(scheme, given, field));
        }
        if (!given.isEmpty() && !webhook.signatureSchemes().contains(SigningKey.Scheme.HMAC_SHA256)) {
            throw Failure.field(field, "is for the scheme HMAC_SHA256, which this endpoint does not sign with");
        }
        return keys;
    }

    private SigningKey key(SigningKey.Scheme scheme, String given, String field) {
        if (scheme == SigningKey.Scheme.ED25519) {
            return SigningKeys.generateEd25519(nowMicros());
        }
        return given.isEmpty()
                ? SigningKeys.generateHmac(nowMicros())
                : SigningKeys.parseHmac(field, given, nowMicros());
    }

    private long nowMicros() {
        java.time.Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000L + now.getNano() / 1_000;
    }

    private static String shown(List<SigningKey> keys) {
        return keys.stream()
                .filter(k -> k.scheme() == SigningKey.Scheme.HMAC_SHA256)
                .map(SigningKey::secretText)
                .findFirst()
                .orElse("");
    }

    public Future<Endpoint> get(String name) {
        if (!NAME.matcher(name).matches()) {
            return Future.failedFuture(Failure.notFound(TYPE, name));
        }
        return stored(store.get(name))
                .compose(found -> found.map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(Failure.notFound(TYPE, name))));
    }

    /** In the order of their names, those after {@code after}. */
    public Future<List<Endpoint>> list(String after, Optional<EndpointState> state, int max) {
        return stored(store.list(after, state.map(Enum::name).orElse(null), max));
    }

    /** New settings, and the secrets that go with them. */
    public record Changed(EndpointSettings settings, DestinationSecrets secrets) {}

    /**
     * Changes settings.
     *
     * @param version the expected one, or 0 for any
     * @param change what is to be, made of what is
     */
    public Future<Endpoint> update(
            String name, long version, boolean isTrial, BiFunction<Endpoint, DestinationSecrets, Changed> change) {
        return update(name, version, isTrial, change, UPDATE_TRIES);
    }

    private Future<Endpoint> update(
            String name,
            long version,
            boolean isTrial,
            BiFunction<Endpoint, DestinationSecrets, Changed> change,
            int tries) {
        return get(name).compose(there -> {
            if (version != 0 && there.version() != version) {
                return Future.failedFuture(stale());
            }
            return stored(store.secrets(there.id())).compose(box -> {
                DestinationSecrets before = secrets.open(name, box.orElse(null)).orElse(DestinationSecrets.NONE);
                Changed changed = change.apply(there, before);
                byte[] after =
                        changed.secrets().equals(before) ? box.orElse(null) : secrets.seal(name, changed.secrets());
                return check.check(changed.settings().destination())
                        .compose(v -> isTrial
                                ? Future.succeededFuture(true)
                                : stored(store.inTransaction(client -> save(client, there, changed.settings(), after))))
                        .compose(saved -> {
                            if (isTrial) {
                                return Future.succeededFuture(new Endpoint(
                                        there.id(),
                                        name,
                                        changed.settings(),
                                        there.version(),
                                        there.createdMicros(),
                                        there.updatedMicros(),
                                        there.status()));
                            }
                            if (saved) {
                                return changed(there).compose(v -> get(name));
                            }
                            return tries > 1 && version == 0
                                    ? update(name, version, false, change, tries - 1)
                                    : Future.failedFuture(stale());
                        });
            });
        });
    }

    private Future<Boolean> save(SqlClient client, Endpoint before, EndpointSettings after, byte @Nullable [] sealed) {
        return store.update(client, before.id(), before.version(), after, sealed)
                .compose(saved -> {
                    if (!saved) {
                        return Future.succeededFuture(false);
                    }
                    return store.revise(client, before.id())
                            .compose(v -> before.settings().filter().equals(after.filter())
                                    ? Future.succeededFuture()
                                    : store.forgetPrevious(client, before.id()))
                            .compose(v -> changeSchemes(client, before, after))
                            .compose(v -> announce(client, after, before.name(), "UPDATED", "settings changed"))
                            .map(v -> true);
                });
    }

    private Future<Void> changeSchemes(SqlClient client, Endpoint before, EndpointSettings after) {
        if (!(before.settings().destination() instanceof WebhookDestination old)
                || !(after.destination() instanceof WebhookDestination now)) {
            return Future.succeededFuture();
        }
        Future<Void> done = Future.succeededFuture();
        for (SigningKey.Scheme scheme : SigningKey.Scheme.values()) {
            boolean was = old.signatureSchemes().contains(scheme);
            boolean is = now.signatureSchemes().contains(scheme);
            if (is && !was) {
                done = done.compose(v -> secrets.insert(
                        client, before.id(), before.name(), List.of(key(scheme, "", "signature_schemes"))));
            } else if (was && !is) {
                done = done.compose(v -> secrets.deleteScheme(client, before.id(), scheme));
            }
        }
        return done;
    }

    private static Failure stale() {
        return Failure.of(Reason.ETAG_MISMATCH, "the endpoint changed since the etag was read");
    }

    /** @param version the expected one, or 0 for any */
    public Future<Void> delete(String name, long version) {
        return get(name)
                .compose(there -> stored(store.inTransaction(client -> store.lock(client, name, version)
                                .compose(id -> id.isEmpty()
                                        ? Future.succeededFuture(false)
                                        : store.revise(client, id.getAsLong())
                                                .compose(v -> store.delete(client, id.getAsLong()))
                                                .compose(v ->
                                                        announce(client, there.settings(), name, "DELETED", "deleted"))
                                                .map(v -> true))))
                        .compose(gone -> {
                            if (gone) {
                                onChange.run();
                                return Future.succeededFuture();
                            }
                            return get(name).compose(changed -> Future.failedFuture(stale()));
                        }));
    }

    public Future<Endpoint> pause(String name) {
        return change(
                name,
                (client, there) -> store.pause(client, there.id())
                        .compose(changed -> changed
                                ? announce(client, there.settings(), name, "PAUSED", "paused by a caller")
                                : Future.succeededFuture()));
    }

    /** Sends again, from where it stopped or from a point. */
    public Future<Endpoint> resume(String name, Optional<LogPoint> point) {
        return change(
                name,
                (client, there) -> point.<Future<Void>>map(
                                p -> store.seek(client, there.id(), p).mapEmpty())
                        .orElseGet(Future::succeededFuture)
                        .compose(v -> store.resume(client, there.id()))
                        .compose(v -> there.status().state() == EndpointState.ACTIVE
                                ? Future.succeededFuture()
                                : announce(client, there.settings(), name, "RESUMED", "resumed by a caller")));
    }

    /** @param canceled deliveries that waited for a retry */
    public record Sought(Endpoint endpoint, int canceled) {}

    /** Moves an endpoint anywhere. */
    public Future<Sought> seek(String name, LogPoint point) {
        int[] canceled = new int[1];
        return change(
                        name,
                        (client, there) -> store.seek(client, there.id(), point).map(n -> {
                            canceled[0] = n;
                            return null;
                        }))
                .map(there -> new Sought(there, canceled[0]));
    }

    private Future<Endpoint> change(String name, BiFunction<SqlClient, Endpoint, Future<Void>> work) {
        return get(name)
                .compose(there -> stored(store.inTransaction(client -> store.lock(client, name, 0)
                                .compose(id -> id.isEmpty()
                                        ? Future.failedFuture(Failure.notFound(TYPE, name))
                                        : store.revise(client, there.id()).compose(v -> work.apply(client, there)))))
                        .compose(v -> changed(there)))
                .compose(v -> get(name));
    }

    private Future<Void> changed(Endpoint endpoint) {
        onChange.run();
        return changeWait.followed(endpoint.id());
    }

    /** @param secret the new HMAC secret; empty if the endpoint has none */
    public record Rotated(String secret, List<SigningKey> keys) {
        @Override
        public String toString() {
            return "Rotated[***]";
        }
    }

    /** Makes new signing keys; the old ones sign for so long beside them. */
    public Future<Rotated> rotate(String name, Duration overlap, String given) {
        return get(name).compose(there -> {
            if (!(there.settings().destination() instanceof WebhookDestination)) {
                return Future.failedFuture(Failure.field("name", "is an e-mail endpoint, which signs nothing"));
            }
            List<SigningKey> made = keys(there.settings(), given, "signing_secret");
            Function<SqlClient, Future<Void>> work = client -> store.revise(client, there.id())
                    .compose(v -> secrets.retire(client, there.id(), overlap.toMillis()))
                    .compose(v -> secrets.insert(client, there.id(), name, made));
            return stored(store.inTransaction(work))
                    .compose(v -> changed(there))
                    .compose(v -> signingKeys(name))
                    .map(all -> new Rotated(shown(made), all));
        });
    }

    /** The keys that sign now, newest first. */
    public Future<List<SigningKey>> signingKeys(String name) {
        return get(name)
                .compose(there -> stored(secrets.signingKeys(Map.of(there.id(), name)))
                        .map(keys -> keys.getOrDefault(there.id(), List.of())));
    }

    /** Nothing about an endpoint that reads such events: it would hear of itself for ever. */
    private Future<Void> announce(
            SqlClient client, EndpointSettings settings, String name, String what, String message) {
        String tag = "$SYSTEM.ENDPOINT." + what;
        return settings.filter().matchesTag(tag)
                ? Future.succeededFuture()
                : store.announce(client, UuidCreator.getTimeOrderedEpoch().toString(), tag, name, message);
    }

    private static <T> Future<T> stored(Future<T> query) {
        return query.recover(e -> Future.failedFuture(Failure.storeUnavailable(e)));
    }
}
