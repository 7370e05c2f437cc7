package io.eventsync.server.event;

import io.eventsync.v1.Event;
import java.util.List;
import java.util.Random;

/** Events as the log has them. */
public final class TestEvents {
    private static final long EPOCH_MICROS = 1_700_000_000_000_000L;

    private TestEvents() {}

    public static LogEvent event(long position, String tag) {
        return event(position, tag, Event.getDefaultInstance());
    }

    public static LogEvent event(long position, String tag, String key) {
        return event(position, tag, Event.newBuilder().setKey(key).build());
    }

    /** An event with the content of this one; the position makes it unique. */
    public static LogEvent event(long position, String tag, Event content) {
        return event(position, tag, "id-" + position, content);
    }

    public static LogEvent event(long position, String tag, String id, Event content) {
        return new LogEvent(
                position,
                EPOCH_MICROS + position,
                Math.floorMod(tag.hashCode(), 5_000),
                tag,
                id,
                content.toByteArray());
    }

    /** What a producer may set, at random: each field there or not. */
    public static Event randomContent(Random random) {
        Event.Builder event = Event.newBuilder();
        if (random.nextBoolean()) {
            event.setKey(text(random));
        }
        if (random.nextBoolean()) {
            event.setMessage(text(random));
        }
        switch (random.nextInt(3)) {
            case 0 -> event.setJson("{\"a\":\"" + random.nextInt() + "\"}");
            case 1 -> event.setData(com.google.protobuf.ByteString.copyFrom(bytes(random)));
            default -> {}
        }
        if (random.nextBoolean()) {
            event.setContentType("text/plain");
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            event.putAttributes(text(random), text(random));
        }
        if (random.nextBoolean()) {
            event.getEventTimeBuilder().setSeconds(random.nextInt()).setNanos(random.nextInt(1_000_000_000));
        }
        if (random.nextBoolean()) {
            event.setTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        }
        return event.build();
    }

    private static String text(Random random) {
        return List.of("", "a", "key-1", "zażółć", "\uD83D\uDE00", "x".repeat(300))
                .get(random.nextInt(6));
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }
}
