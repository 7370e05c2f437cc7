package io.eventsync.loadtest.receiver;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/** All endpoints by name. One comes to be when it is first spoken of. */
final class Endpoints {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int ENDPOINTS_MAX = 50_000;
    /** Requests that journals show: each endpoint's last ones, fewer when there are many endpoints. */
    private static final int RECENT_MAX = 20_000;

    private static final int RECENT_OF_ONE_MAX = 100;

    private final Map<String, Endpoint> byName = new ConcurrentHashMap<>();
    private final AtomicLong canaryHits = new AtomicLong();
    private final LongAdder accepted = new LongAdder();
    private final List<Context> owners;
    private final ReceiverConfig config;
    private final InstantSource clock;

    Endpoints(List<Context> owners, ReceiverConfig config) {
        this.owners = List.copyOf(owners);
        this.config = config;
        this.clock = config.clock();
        config.modes().keySet().forEach(name -> byName.computeIfAbsent(name, this::create));
        config.secrets().keySet().forEach(name -> byName.computeIfAbsent(name, this::create));
    }

    /** @throws IllegalArgumentException if the name is none, or there are too many */
    Endpoint get(String name) {
        Endpoint endpoint = byName.get(name);
        return endpoint == null ? byName.computeIfAbsent(name, this::create) : endpoint;
    }

    List<Endpoint> all() {
        List<Endpoint> endpoints = new ArrayList<>(byName.values());
        endpoints.sort(Comparator.comparing(Endpoint::name));
        return endpoints;
    }

    long nowMillis() {
        return clock.millis();
    }

    InstantSource clock() {
        return clock;
    }

    long canaryHits() {
        return canaryHits.get();
    }

    void hitCanary() {
        canaryHits.incrementAndGet();
    }

    /** Events that were accepted for the first time, by all of them together. */
    long accepted() {
        return accepted.sum();
    }

    Future<List<EndpointCounts>> counts(Context home) {
        List<Future<EndpointCounts>> counts = new ArrayList<>();
        all().forEach(endpoint -> counts.add(endpoint.counts(home)));
        return Future.all(counts).map(all -> all.<EndpointCounts>list());
    }

    Future<Void> reset(Context home) {
        canaryHits.set(0);
        accepted.reset();
        List<Future<Void>> resets = new ArrayList<>();
        all().forEach(endpoint -> resets.add(endpoint.reset(home)));
        return Future.all(resets).mapEmpty();
    }

    private Endpoint create(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("an endpoint's name matches " + NAME);
        }
        if (byName.size() >= ENDPOINTS_MAX) {
            throw new IllegalArgumentException("more than " + ENDPOINTS_MAX + " endpoints");
        }
        String secret = config.secrets().get(name);
        Behaviour behaviour = new Behaviour(
                config.modes().getOrDefault(name, Mode.OK),
                secret == null ? SignatureCheck.NONE : SignatureCheck.with(secret),
                nowMillis());
        Context owner = owners.get(Math.floorMod(name.hashCode(), owners.size()));
        return new Endpoint(name, owner, config.seed(), this::journal, accepted, behaviour);
    }

    private Journal journal() {
        return new Journal(IdTable.IDS_MAX, this::recentMax);
    }

    private int recentMax() {
        return Math.min(RECENT_OF_ONE_MAX, Math.max(1, RECENT_MAX / Math.max(1, byName.size())));
    }
}
