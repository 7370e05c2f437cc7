package io.eventsync.server.egress;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** Finds the addresses of a name. What they may be used for is judged by others, at every call. */
@FunctionalInterface
public interface HostResolver {
    /** All addresses, at least one, or a failure. */
    Future<List<InetAddress>> resolve(String host);

    /** Asks the operating system; belongs to one event loop. */
    static HostResolver system(Vertx vertx, Duration timeout) {
        return new SystemResolver(vertx, timeout, InetAddress::getAllByName);
    }
}
