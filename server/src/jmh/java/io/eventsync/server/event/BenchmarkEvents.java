package io.eventsync.server.event;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Events as the benches of a whole server send them: 256 bytes of JSON, 100 tags, ids of the client's. */
public final class BenchmarkEvents {
    public static final String JSON =
            "{\"data\":\"" + "abcdefghijklmnopqrstuvwxyz".repeat(10).substring(0, 245) + "\"}";

    private static final long MICROS = 1_700_000_000_123_456L;

    private BenchmarkEvents() {}

    public static String id(int number) {
        return new UUID(0x5eed_0000_0000_7000L, number).toString();
    }

    public static String tag(int number) {
        return "BENCH.T" + (100 + number % 100);
    }

    /** The columns of an event as the database's driver hands them out. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Row(long position, long ingestMicros, int tagId, String tag, String id, byte[] body) {
        static Row of(int number) {
            byte[] body = StoredBody.ofJson("customer-17", "", JSON);
            return new Row(
                    9_000_000L + number,
                    MICROS + number,
                    number % 100,
                    BenchmarkEvents.tag(number),
                    BenchmarkEvents.id(number),
                    body);
        }

        public LogEvent event() {
            return new LogEvent(position, ingestMicros, tagId, tag, id, body.clone());
        }
    }

    public static List<Row> rows(int count) {
        return IntStream.range(0, count).mapToObj(Row::of).toList();
    }

    public static List<LogEvent> events(int count) {
        return rows(count).stream().map(Row::event).toList();
    }
}
