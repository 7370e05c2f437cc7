package io.eventsync.server.grpc;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many calls a connection may have open. Refusing a call costs nearly as much as an empty one, so when calls are shed their connection is
 * allowed half of what it has open, and slowly more again while it uses that, by SETTINGS_MAX_CONCURRENT_STREAMS (RFC 9113, 6.5.2). What
 * is not allowed waits in the client: there it costs the server nothing, and ends with its deadline. Long streams come on top. One per
 * event loop.
 *
 * @param <C> a connection
 */
final class StreamLimits<C> {
    /** So many calls may be open however much is shed. */
    private static final int CALLS_MIN = 16;

    /** Each time so much more of what is allowed; faster, and refusals come in waves. */
    private static final int RAISE_SHARE = 32;

    private final int streamsMax;
    private final Setter<C> setter;
    private final IdentityHashMap<C, Open> connections = new IdentityHashMap<>();

    /** @param streamsMax what a connection may have open when nothing is shed */
    StreamLimits(int streamsMax, Setter<C> setter) {
        this.streamsMax = streamsMax;
        this.setter = setter;
    }

    /** Tells the peer of a connection. */
    interface Setter<C> {
        /** Done once the peer obeys, or is gone. */
        Future<Void> set(C connection, int streamsMax);
    }

    private final class Open {
        private int calls;
        private int streams;
        /** Calls that are allowed; as many as streams in all while nothing was shed. */
        private int allowed = streamsMax;

        private int told = streamsMax;
        private boolean isTelling;
        private boolean isShed;

        boolean isLimited() {
            return allowed < streamsMax || told < streamsMax;
        }
    }

    void began(C connection, boolean isStream) {
        Open open = connections.computeIfAbsent(connection, c -> new Open());
        if (isStream) {
            open.streams++;
        } else {
            open.calls++;
        }
    }

    /** @param isShed whether it was refused because there is too much */
    void ended(C connection, boolean isStream, boolean isShed) {
        Open open = connections.get(connection);
        if (open == null) {
            return;
        }
        if (isShed && !open.isShed) {
            open.isShed = true;
            open.allowed = Math.max(CALLS_MIN, Math.min(open.allowed, open.calls) / 2);
            tell(connection, open);
        }
        if (isStream) {
            open.streams--;
        } else {
            open.calls--;
        }
        forgetIfIdle(connection, open);
    }

    void closed(C connection) {
        @Nullable Open unused = connections.remove(connection);
    }

    /** Whether time has to pass for a connection to have all it may. */
    boolean isLimiting() {
        return connections.values().stream().anyMatch(Open::isLimited);
    }

    /** Time has passed: connections that had nothing shed since the last time may have more. */
    void tick() {
        List<C> limited = new ArrayList<>();
        connections.forEach((connection, open) -> {
            if (open.isLimited()) {
                limited.add(connection);
            }
        });
        limited.forEach(this::raise);
    }

    private void raise(C connection) {
        Open open = connections.get(connection);
        if (open == null) {
            return;
        }
        if (!open.isShed) {
            boolean isUnused = open.calls < open.allowed / 2;
            int more = isUnused ? open.allowed : Math.max(1, open.allowed / RAISE_SHARE);
            open.allowed = Math.min(streamsMax, open.allowed + more);
        }
        open.isShed = false;
        tell(connection, open);
        forgetIfIdle(connection, open);
    }

    private void tell(C connection, Open open) {
        int wanted = Math.min(streamsMax, open.allowed + open.streams);
        if (open.isTelling || wanted == open.told) {
            return;
        }
        open.isTelling = true;
        open.told = wanted;
        setter.set(connection, wanted).onComplete(done -> open.isTelling = false);
    }

    private void forgetIfIdle(C connection, Open open) {
        if (open.calls == 0 && open.streams == 0 && !open.isLimited()) {
            @Nullable Open unused = connections.remove(connection);
        }
    }

    int connections() {
        return connections.size();
    }
}
