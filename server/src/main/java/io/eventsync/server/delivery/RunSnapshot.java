package io.eventsync.server.delivery;

import io.eventsync.server.endpoint.DisableReason;
import io.eventsync.server.endpoint.EndpointState;
import io.eventsync.server.event.LogPoint;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where an endpoint stands, as it is recorded.
 *
 * @param state ACTIVE says that it is as it was
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
record RunSnapshot(
        EndpointState state,
        @Nullable DisableReason disableReason,
        long blockedPosition,
        LogPoint low,
        @Nullable LogPoint previous,
        long[] ahead,
        List<Attempt> inFlight,
        Map<Long, Integer> numbersBefore,
        ReceiverHealth health) {}
