package io.eventsync.server.event;

/**
 * A place between events of the log: right after {@code position}.
 *
 * @param fingerprint tells the event at this position from any other that could stand there in another history of the log; 0 if
 *     not known
 */
public record LogPoint(long position, int fingerprint) {
    public static final LogPoint BEGINNING = new LogPoint(0, 0);

    public static LogPoint after(LogEvent event) {
        return new LogPoint(event.position(), fingerprint(event.id(), event.ingestMicros()));
    }

    static LogPoint after(long position, String id, long ingestMicros) {
        return new LogPoint(position, fingerprint(id, ingestMicros));
    }

    /** Whether both may be the same place of the same history. */
    public boolean agreesWith(LogPoint other) {
        return position == other.position
                && (fingerprint == other.fingerprint || fingerprint == 0 || other.fingerprint == 0);
    }

    private static int fingerprint(String id, long ingestMicros) {
        long mixed = id.hashCode() * 0x9E3779B97F4A7C15L ^ ingestMicros * 0xC2B2AE3D27D4EB4FL;
        mixed ^= mixed >>> 29;
        mixed *= 0x94D049BB133111EBL;
        int folded = (int) (mixed >>> 32);
        return folded == 0 ? 1 : folded;
    }
}
