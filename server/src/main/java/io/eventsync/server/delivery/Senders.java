package io.eventsync.server.delivery;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/** Makes senders for endpoints, with their secrets. */
interface Senders {
    /** By endpoint; one whose secrets do not open is missing. */
    Future<Map<Long, Sender>> open(List<RunStore.Loaded> endpoints);
}
