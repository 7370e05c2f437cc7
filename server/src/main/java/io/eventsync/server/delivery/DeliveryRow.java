package io.eventsync.server.delivery;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where one event stands with one endpoint.
 *
 * @param last the latest attempt, if there was one
 */
public record DeliveryRow(
        String endpoint,
        String eventId,
        long position,
        String tag,
        State state,
        int attempts,
        OptionalLong nextAttemptMicros,
        Optional<AttemptRow> last) {

    /** Where a delivery stands; names as in the contract. */
    public enum State {
        PENDING,
        IN_FLIGHT,
        RETRYING,
        DELIVERED,
        DEAD,
        BLOCKING,
        CANCELED
    }

    /** @param waiting the state in its row, if it has one */
    static DeliveryRow of(
            AttemptRow last,
            long position,
            Optional<Delivery.State> waiting,
            boolean isDead,
            int attempts,
            OptionalLong dueMicros) {
        return new DeliveryRow(
                last.endpoint(),
                last.eventId(),
                position,
                last.tag(),
                state(last, position, waiting, isDead),
                attempts,
                waiting.isPresent() ? dueMicros : OptionalLong.empty(),
                Optional.of(last));
    }

    private static State state(AttemptRow last, long position, Optional<Delivery.State> waiting, boolean isDead) {
        if (last.outcome() == AttemptOutcome.STARTED) {
            return State.IN_FLIGHT;
        }
        if (waiting.isPresent()) {
            return switch (waiting.get()) {
                case BLOCKING -> State.BLOCKING;
                case BEHIND -> State.PENDING;
                default -> State.RETRYING;
            };
        }
        if (isDead) {
            return State.DEAD;
        }
        boolean wasTaken = last.outcome() == AttemptOutcome.SUCCEEDED
                || (!last.unacknowledged().isEmpty() && !last.unacknowledged().contains(position));
        if (wasTaken) {
            return State.DELIVERED;
        }
        return last.outcome() == AttemptOutcome.UNKNOWN ? State.RETRYING : State.CANCELED;
    }
}
