package io.eventsync.client.internal;

import static io.eventsync.client.SubscriptionState.CATCHING_UP;
import static io.eventsync.client.SubscriptionState.CLOSED;
import static io.eventsync.client.SubscriptionState.CONNECTING;
import static io.eventsync.client.SubscriptionState.FAILED;
import static io.eventsync.client.SubscriptionState.IDLE;
import static io.eventsync.client.SubscriptionState.LIVE;
import static io.eventsync.client.SubscriptionState.WAITING;
import static io.eventsync.client.internal.Lifecycle.Action.END;
import static io.eventsync.client.internal.Lifecycle.Action.NONE;
import static io.eventsync.client.internal.Lifecycle.Action.NOTE;
import static io.eventsync.client.internal.Lifecycle.Action.OPEN;
import static io.eventsync.client.internal.Lifecycle.Action.TAKE;
import static io.eventsync.client.internal.Lifecycle.Action.WAIT;
import static io.eventsync.client.internal.Lifecycle.Signal.BEHIND;
import static io.eventsync.client.internal.Lifecycle.Signal.CLOSE;
import static io.eventsync.client.internal.Lifecycle.Signal.DUE;
import static io.eventsync.client.internal.Lifecycle.Signal.ENDED;
import static io.eventsync.client.internal.Lifecycle.Signal.EVENTS;
import static io.eventsync.client.internal.Lifecycle.Signal.GAP;
import static io.eventsync.client.internal.Lifecycle.Signal.LEVEL;
import static io.eventsync.client.internal.Lifecycle.Signal.LOST;
import static io.eventsync.client.internal.Lifecycle.Signal.REFUSED;
import static io.eventsync.client.internal.Lifecycle.Signal.SILENT;
import static io.eventsync.client.internal.Lifecycle.Signal.START;
import static io.eventsync.client.internal.Lifecycle.Signal.STARTED;

import io.eventsync.client.SubscriptionState;
import java.util.EnumMap;
import java.util.Map;

/** What a subscription does, whatever happens: each state against each signal. docs/STATE_MACHINES.md shows the same table. */
public final class Lifecycle {
    /** What can happen to a subscription. */
    public enum Signal {
        /** Somebody begins to read. */
        START,
        /** The first frame of a stream. */
        STARTED,
        /** A frame of events. */
        EVENTS,
        /** Progress that is not level with the log; also a draining frame's cursor. */
        BEHIND,
        /** Progress that is level with the log. */
        LEVEL,
        /** A frame that tells of events retention removed. */
        GAP,
        /** The server ended the stream, or is about to, without a failure. */
        ENDED,
        /** The stream or the try to open one failed, and another try may not. */
        LOST,
        /** No frame for three heartbeats, or no stream in time. */
        SILENT,
        /** The backoff is over. */
        DUE,
        /** Something failed that trying again does not mend: the cursor, a right, the handler. */
        REFUSED,
        /** The owner is done. */
        CLOSE
    }

    /** What is then to be done. */
    public enum Action {
        /** Nothing: it comes too late, or twice. */
        NONE,
        /** Open a stream after what was received last. */
        OPEN,
        /** Keep the frame's cursor. */
        NOTE,
        /** Hand the frame to the reader. */
        TAKE,
        /** Let go of the stream and wait for the backoff. */
        WAIT,
        /** Let go of everything and tell the reader. */
        END
    }

    /** One cell. */
    public record Move(SubscriptionState to, Action action) {}

    private static final Map<SubscriptionState, Map<Signal, Move>> TABLE = table();

    private Lifecycle() {}

    public static Move move(SubscriptionState state, Signal signal) {
        Move move = TABLE.getOrDefault(state, Map.of()).get(signal);
        if (move == null) {
            throw new IllegalStateException("no cell for " + state + " and " + signal);
        }
        return move;
    }

    private static Map<SubscriptionState, Map<Signal, Move>> table() {
        Map<SubscriptionState, Map<Signal, Move>> table = new EnumMap<>(SubscriptionState.class);
        table.put(
                IDLE,
                new Row(IDLE)
                        .on(CONNECTING, OPEN, START)
                        .ignore(STARTED, EVENTS, BEHIND, LEVEL, GAP, ENDED, LOST, SILENT, DUE)
                        .endable());
        table.put(
                CONNECTING,
                new Row(CONNECTING)
                        .on(CATCHING_UP, NOTE, STARTED)
                        .on(CATCHING_UP, TAKE, EVENTS, GAP)
                        .on(CATCHING_UP, NOTE, BEHIND)
                        .on(LIVE, TAKE, LEVEL)
                        .on(WAITING, WAIT, ENDED, LOST, SILENT)
                        .ignore(START, DUE)
                        .endable());
        table.put(
                CATCHING_UP,
                new Row(CATCHING_UP)
                        .on(CATCHING_UP, TAKE, EVENTS, GAP)
                        .on(CATCHING_UP, NOTE, STARTED, BEHIND)
                        .on(LIVE, TAKE, LEVEL)
                        .on(WAITING, WAIT, ENDED, LOST, SILENT)
                        .ignore(START, DUE)
                        .endable());
        table.put(
                LIVE,
                new Row(LIVE)
                        .on(LIVE, TAKE, EVENTS)
                        .on(LIVE, NOTE, STARTED, LEVEL)
                        .on(CATCHING_UP, NOTE, BEHIND)
                        .on(CATCHING_UP, TAKE, GAP)
                        .on(WAITING, WAIT, ENDED, LOST, SILENT)
                        .ignore(START, DUE)
                        .endable());
        table.put(
                WAITING,
                new Row(WAITING)
                        .on(CONNECTING, OPEN, DUE)
                        .ignore(START, STARTED, EVENTS, BEHIND, LEVEL, GAP, ENDED, LOST, SILENT)
                        .endable());
        table.put(CLOSED, new Row(CLOSED).ignore(Signal.values()).cells);
        table.put(FAILED, new Row(FAILED).ignore(Signal.values()).cells);
        return table;
    }

    private static final class Row {
        final Map<Signal, Move> cells = new EnumMap<>(Signal.class);
        private final SubscriptionState state;

        Row(SubscriptionState state) {
            this.state = state;
        }

        Row on(SubscriptionState to, Action action, Signal... signals) {
            for (Signal signal : signals) {
                if (cells.put(signal, new Move(to, action)) != null) {
                    throw new IllegalStateException("two cells for " + state + " and " + signal);
                }
            }
            return this;
        }

        Row ignore(Signal... signals) {
            return on(state, NONE, signals);
        }

        Map<Signal, Move> endable() {
            return on(CLOSED, END, CLOSE).on(FAILED, END, REFUSED).cells;
        }
    }
}
