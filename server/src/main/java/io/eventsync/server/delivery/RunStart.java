package io.eventsync.server.delivery;

import io.eventsync.server.endpoint.EndpointSettings;
import io.eventsync.server.event.LogPoint;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where an endpoint stood when its lease was taken. Times are milliseconds of this node's steady clock.
 *
 * @param previous the last matching event up to {@code low}, if known
 * @param ahead positions beyond {@code low} that are settled
 * @param numbers attempts made of events beyond {@code low} that are not settled
 * @param waiting deliveries with a row
 */
record RunStart(
        EndpointHandle handle,
        EndpointSettings settings,
        LogPoint low,
        @Nullable LogPoint previous,
        Set<Long> ahead,
        Map<Long, Integer> numbers,
        List<Delivery> waiting,
        Breaker.State breakerState,
        int failuresInRow,
        long probeWaitMillis,
        long probeAtMillis,
        int inFlightLimit,
        long pausedUntilMillis,
        FailingSince failing) {

    Breaker breaker(int cap) {
        return new Breaker(cap, breakerState, failuresInRow, probeWaitMillis, probeAtMillis, inFlightLimit);
    }
}
