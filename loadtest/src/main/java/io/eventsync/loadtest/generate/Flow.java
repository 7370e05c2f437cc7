package io.eventsync.loadtest.generate;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * An endless log in the order of its time: heartbeats, and visitors who come by chance and go their way. It is made by a clock
 * of its own, so that the same seed and start make the same entries however fast they are taken.
 */
final class Flow implements Iterator<LogEntry> {

    private static final int SESSIONS_MAX = 100_000;
    private static final int USERS = 5_000;
    private static final int PRODUCTS = 900;
    private static final int ORDERS = 1_000_000;

    private final FlowConfig config;
    private final Instant start;
    private final SplittableRandom random;
    private final PriorityQueue<Step> steps = new PriorityQueue<>();
    private long stepsMade;
    private long heartbeats;

    Flow(FlowConfig config, Instant start) {
        this.config = config;
        this.start = start;
        this.random = new SplittableRandom(config.seed());
        if (!config.heartbeat().isZero()) {
            add(0, this::beat);
        }
        if (config.sessionsPerSecond() > 0) {
            add(untilArrival(), this::arrive);
        }
    }

    @Override
    public boolean hasNext() {
        return true;
    }

    @Override
    public LogEntry next() {
        while (true) {
            Step step = steps.remove();
            LogEntry entry = step.work().at(step.micros());
            if (entry != null) {
                return entry;
            }
        }
    }

    private LogEntry beat(long micros) {
        add(micros + config.heartbeat().toNanos() / 1_000, this::beat);
        heartbeats++;
        return entry(
                micros,
                Level.INFO,
                "logger",
                "SERVICE.HEARTBEAT",
                "heartbeat " + heartbeats + ": service is up",
                "",
                "");
    }

    /**
     * Visitors come as often as in the busiest time, and those too many are turned away: so their number is right at the edges of
     * bursts, too.
     */
    private @Nullable LogEntry arrive(long micros) {
        add(micros + untilArrival(), this::arrive);
        Burst burst = config.burst();
        boolean comes = random.nextDouble() * burst.factor() < burst.factorAt(micros);
        if (comes && steps.size() < SESSIONS_MAX) {
            String user = "user-" + random.nextInt(USERS);
            String session = String.format(Locale.ROOT, "%016x", random.nextLong());
            visit(micros, Stage.first(random), user, session);
        }
        return null;
    }

    private void visit(long micros, Stage stage, String user, String session) {
        if (stage != Stage.GONE) {
            add(micros, now -> {
                visit(now + stage.pauseMicros(random), stage.next(random), user, session);
                int number = random.nextInt(stage == Stage.ORDER ? ORDERS : PRODUCTS);
                String message = String.format(Locale.ROOT, stage.message, user, number);
                return entry(now, stage.level, stage.service, stage.tag, message, user, session);
            });
        }
    }

    private LogEntry entry(
            long micros, Level level, String service, String tag, String message, String user, String session) {
        Map<String, String> fields = new LinkedHashMap<>();
        config.fields().forEach((name, values) -> fields.put(name, values.get(random.nextInt(values.size()))));
        return new LogEntry(start.plus(micros, ChronoUnit.MICROS), level, service, tag, message, user, session, fields);
    }

    private long untilArrival() {
        double perSecond = config.sessionsPerSecond() * config.burst().factor();
        return Math.max(1, Math.round(-Math.log(1 - random.nextDouble()) / perSecond * 1e6));
    }

    private void add(long micros, Work work) {
        steps.add(new Step(micros, stepsMade++, work));
    }

    private interface Work {

        /** What is done then, with its entry if it writes one. */
        @Nullable
        LogEntry at(long micros);
    }

    private record Step(long micros, long number, Work work) implements Comparable<Step> {

        @Override
        public int compareTo(Step other) {
            int byTime = Long.compare(micros, other.micros);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
