package io.eventsync.loadtest.bench;

import com.google.protobuf.CodedOutputStream;
import io.eventsync.v1.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Encoded events that differ only in the digits of their id, so that making one is a copy and 16 byte stores.
 *
 * <p>The id is the run's 8 hex digits, then the event's number in 16: readers in the same process find back the time it was
 * sent by that number.
 */
final class EventTemplate {

    static final int RUN_DIGITS = 8;
    static final int NUMBER_DIGITS = 16;
    private static final String JSON_HEAD = "{\"event\":{\"id\":\"";
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    // Field 1 comes first and its length takes one byte.
    private static final int NUMBER_AT = 2 + RUN_DIGITS;

    /** Where the id begins in the JSON of an event. */
    private static final int JSON_ID_AT = JSON_HEAD.length();

    private final byte[][] perTag;
    private final byte[][] perTagJson;
    private final boolean hasIds;

    private EventTemplate(byte[][] perTag, byte[][] perTagJson, boolean hasIds) {
        this.perTag = perTag;
        this.perTagJson = perTagJson;
        this.hasIds = hasIds;
    }

    /** Tags `BENCH.T000` and up, a JSON payload of this many bytes; without ids the server makes them. */
    static EventTemplate create(String run, int tags, int payloadBytes, boolean hasIds) {
        return create(run, IntStream.range(0, tags).mapToObj(EventTemplate::tag).toList(), payloadBytes, hasIds);
    }

    /** The same with these tags, in turn; a tag may stand there more than once. */
    static EventTemplate create(String run, List<String> tags, int payloadBytes, boolean hasIds) {
        if (run.length() != RUN_DIGITS) {
            throw new IllegalArgumentException("a run has " + RUN_DIGITS + " hex digits");
        }
        byte[][] perTag = new byte[tags.size()][];
        byte[][] perTagJson = new byte[tags.size()][];
        Map<String, Integer> made = new HashMap<>();
        for (int i = 0; i < tags.size(); i++) {
            String tag = tags.get(i);
            Integer same = made.putIfAbsent(tag, i);
            Event event = same == null ? event(run, tag, payload(payloadBytes, i), hasIds) : Event.getDefaultInstance();
            perTag[i] = same == null ? event.toByteArray() : perTag[same];
            perTagJson[i] = same == null ? json(event).getBytes(StandardCharsets.US_ASCII) : perTagJson[same];
        }
        return new EventTemplate(perTag, perTagJson, hasIds);
    }

    private static Event event(String run, String tag, String payload, boolean hasIds) {
        Event.Builder event = Event.newBuilder().setTag(tag).setJson(payload);
        if (hasIds) {
            event.setId(run + "0".repeat(NUMBER_DIGITS));
        }
        return event.build();
    }

    /** What tells the ids of one run from those of others. */
    static String newRun() {
        return String.format(Locale.ROOT, "%08x", ThreadLocalRandom.current().nextInt());
    }

    private static String json(Event event) {
        String payload = event.getJson().replace("\"", "\\\"");
        return JSON_HEAD + event.getId() + "\",\"tag\":\"" + event.getTag() + "\",\"json\":\"" + payload + "\"}}";
    }

    static String tag(int number) {
        return String.format(Locale.ROOT, "BENCH.T%03d", number);
    }

    /** A message whose field of this number holds `count` events from `firstNumber` on; `head` goes before them. */
    byte[] message(int field, long firstNumber, int count, byte[] head) {
        int size = head.length;
        for (int i = 0; i < count; i++) {
            size += CodedOutputStream.computeByteArraySize(field, of(firstNumber + i));
        }
        byte[] message = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(message);
        try {
            out.writeRawBytes(head);
            for (int i = 0; i < count; i++) {
                out.writeByteArray(field, of(firstNumber + i));
                if (hasIds) {
                    patch(message, out.getTotalBytesWritten() - of(firstNumber + i).length, firstNumber + i);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("the array has the size that was computed", e);
        }
        return message;
    }

    /** One event as the JSON of an ingest request over HTTP. */
    byte[] json(long number) {
        byte[] json = perTagJson[(int) (number % perTagJson.length)].clone();
        if (hasIds) {
            patch(json, JSON_ID_AT + RUN_DIGITS - NUMBER_AT, number);
        }
        return json;
    }

    private byte[] of(long number) {
        return perTag[(int) (number % perTag.length)];
    }

    private static void patch(byte[] message, int eventAt, long number) {
        long rest = number;
        for (int i = eventAt + NUMBER_AT + NUMBER_DIGITS - 1; rest != 0; i--) {
            message[i] = HEX[(int) (rest & 15)];
            rest >>>= 4;
        }
    }

    static String payload(int bytes, int seed) {
        String frame = "{\"data\":\"\"}";
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder json = new StringBuilder("{\"data\":\"");
        for (int i = frame.length(); i < bytes; i++) {
            json.append((char) ('a' + random.nextInt(26)));
        }
        return json.append("\"}").toString();
    }
}
