package io.eventsync.loadtest.replay;

import io.eventsync.v1.Event;
import io.vertx.core.Future;
import java.util.List;

/** Ingests some events as one unit; answers how many the log had already, or fails with RpcException. */
interface Sender {

    Future<Integer> send(List<Event> events);
}
