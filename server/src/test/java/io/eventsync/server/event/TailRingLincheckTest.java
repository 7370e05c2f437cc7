package io.eventsync.server.event;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.BooleanGen;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What readers may rely on, whatever the one writer does meanwhile. A reader takes the head, asks for a position up to it, and then:
 *
 * <ul>
 *   <li>What it gets stands at that position and is the event that was written there, in the history of that head or in a later one.
 *   <li>It gets nothing only if the writer dropped that position, or began to, before the reader was answered: it was out of the bounds by
 *       number or by bytes, before a gap, or of a history that is over.
 * </ul>
 *
 * <p>The writer appends batches of small and large events, around the end of the ring and beyond the bytes it may hold; leaves gaps; and
 * starts over at any head. The model checker tries interleavings one by one, as if memory were sequentially consistent; the stress test
 * runs threads of the machine. {@code -Deventsync.test.scenarios=500} makes both long.
 */
class TailRingLincheckTest {
    private static final int SCENARIOS = Integer.getInteger("eventsync.test.scenarios", 12);
    private static final String FINE = "fine";

    private static final int EVENTS_MAX = 4;
    private static final int SMALL_BYTES = event(0, 1, false).bytes();
    private static final long BYTES_MAX = 5L * SMALL_BYTES;

    @Test
    void readers_getTheEvent_whateverTheWriterDoes_inEveryInterleaving() {
        new ModelCheckingOptions()
                .iterations(SCENARIOS)
                .invocationsPerIteration(40)
                .addGuarantee(forClasses(Model.class.getName(), LogPoint.class.getName())
                        .allMethods()
                        .ignore())
                .threads(2)
                .actorsBefore(3)
                .actorsPerThread(2)
                .actorsAfter(0)
                .sequentialSpecification(Promised.class)
                .check(OneWriter.class);
    }

    @Test
    void readers_getTheEvent_whateverTheWriterDoes_onRealThreads() {
        new StressOptions()
                .iterations(SCENARIOS)
                .invocationsPerIteration(2_000)
                .minimizeFailedScenario(false)
                .threads(3)
                .actorsBefore(3)
                .actorsPerThread(6)
                .actorsAfter(0)
                .sequentialSpecification(Promised.class)
                .check(OneWriter.class);
    }

    /** What the operations answer: the writer nothing, the readers no complaint. */
    public static final class Promised {
        public void append(int events, boolean isLastLarge) {}

        public void appendBehindAGap(int skipped) {}

        public void startOver(int by) {}

        public String read(int back) {
            return FINE;
        }
    }

    /** The ring, and the threads that meet there. */
    @Param(name = "events", gen = IntGen.class, conf = "1:3")
    @Param(name = "large", gen = BooleanGen.class)
    @Param(name = "skipped", gen = IntGen.class, conf = "1:5")
    @Param(name = "by", gen = IntGen.class, conf = "-3:2")
    @Param(name = "back", gen = IntGen.class, conf = "0:4")
    public static final class OneWriter {
        private final TailRing ring = new TailRing(EVENTS_MAX, BYTES_MAX);
        private final Model model = new Model();
        private volatile Intent intent = new Intent(0, 1);

        @Operation(
                nonParallelGroup = "writer",
                params = {"events", "large"})
        public void append(int events, boolean isLastLarge) {
            List<LogEvent> batch = model.next(0, events, isLastLarge);
            intent = model.intent();
            ring.append(batch);
        }

        @Operation(nonParallelGroup = "writer", params = "skipped")
        public void appendBehindAGap(int skipped) {
            List<LogEvent> batch = model.next(skipped, 1, false);
            intent = model.intent();
            ring.append(batch);
        }

        @Operation(nonParallelGroup = "writer", params = "by")
        public void startOver(int by) {
            LogPoint start = model.startOver(by);
            intent = model.intent();
            ring.startAt(start);
        }

        @Operation(params = "back")
        public String read(int back) {
            LogPoint head = ring.head();
            long position = head.position() - back;
            if (position < 1) {
                return FINE;
            }
            LogEvent event = ring.get(position);
            return Model.judge(head, position, event, intent);
        }
    }

    /**
     * What the writer is about to do.
     *
     * @param floor the first position of this history that will be there once it is done
     */
    private record Intent(int history, long floor) {}

    /** The bounds without a ring, and what may be read. */
    private static final class Model {
        private final List<LogEvent> kept = new ArrayList<>();
        private int history;
        private long newest;

        List<LogEvent> next(int skipped, int events, boolean isLastLarge) {
            if (skipped > 0) {
                kept.clear();
                newest += skipped;
            }
            List<LogEvent> batch = new ArrayList<>();
            for (int i = 1; i <= events; i++) {
                batch.add(event(history, ++newest, isLastLarge && i == events));
            }
            kept.addAll(batch);
            while (kept.size() > EVENTS_MAX || bytes() > BYTES_MAX) {
                kept.remove(0);
            }
            return batch;
        }

        private long bytes() {
            return kept.stream().mapToLong(LogEvent::bytes).sum();
        }

        LogPoint startOver(int by) {
            kept.clear();
            newest = Math.max(0, newest + by);
            history++;
            return point(history, newest);
        }

        Intent intent() {
            return new Intent(
                    history, kept.isEmpty() ? Long.MAX_VALUE : kept.get(0).position());
        }

        /** @param now of the writer, after the reader was answered */
        static String judge(LogPoint head, long position, @Nullable LogEvent event, Intent now) {
            int history = history(head, now.history());
            if (event == null) {
                return history == now.history() && position >= now.floor() ? "nothing at " + position : FINE;
            }
            long written = event.ingestMicros();
            boolean isRight = event.position() == position && written >= history && written <= now.history();
            return isRight ? FINE : position + " is " + event.id();
        }

        private static int history(LogPoint head, int newest) {
            for (int history = newest; history >= 0; history--) {
                if (head.equals(point(history, head.position()))) {
                    return history;
                }
            }
            throw new AssertionError(head + " was never written");
        }
    }

    private static LogPoint point(int history, long position) {
        return history == 0 && position == 0
                ? LogPoint.BEGINNING
                : LogPoint.after(position, id(history, position), history);
    }

    private static LogEvent event(int history, long position, boolean isLarge) {
        return new LogEvent(position, history, 1, "A", id(history, position), new byte[isLarge ? SMALL_BYTES : 0]);
    }

    private static String id(int history, long position) {
        return String.valueOf((char) ('a' + history)) + (char) ('0' + position);
    }
}
