package io.eventsync.loadtest.replay;

import io.eventsync.v1.Event;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;

/** Events as a mid-sized shop's systems would report them; the same seed makes the same events. */
final class SampleEvents implements Iterator<Event> {

    private static final String[][] KINDS = {
        {"DATABASE.CONNECTION_LOST", "connection to db-%d lost after %d ms", "database"},
        {"DATABASE.SLOW_QUERY", "query %d took %d ms", "database"},
        {"ORDER.CREATED", "order %d of %d EUR created", "order"},
        {"ORDER.PAID", "order %d paid, %d EUR", "order"},
        {"ORDER.SHIPPED.PARCEL", "order %d shipped in %d parcels", "order"},
        {"USER.LOGIN", "user %d logged in, try %d", "user"},
        {"USER.LOGIN.FAILED", "user %d refused, try %d", "user"},
        {"DEPLOY.FINISHED", "build %d rolled out in %d s", "deploy"},
        {"SENSOR.TEMPERATURE", "sensor %d reads %d", "sensor"},
    };

    private final long seed;
    private final int count;
    private final SplittableRandom random;
    private int made;

    SampleEvents(int count, long seed) {
        this.count = count;
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    @Override
    public boolean hasNext() {
        return made < count;
    }

    @Override
    public Event next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        made++;
        String[] kind = KINDS[random.nextInt(KINDS.length)];
        int entity = random.nextInt(1_000);
        int amount = random.nextInt(1, 5_000);
        return Event.newBuilder()
                .setId("sample-" + seed + "-" + made)
                .setTag(kind[0])
                .setKey(kind[2] + "-" + entity)
                .setMessage(String.format(Locale.ROOT, kind[1], entity, amount))
                .setJson("{\"" + kind[2] + "\":" + entity + ",\"amount\":" + amount + ",\"source\":\"host-"
                        + random.nextInt(20) + "\"}")
                .putAttributes("region", random.nextInt(2) == 0 ? "eu" : "us")
                .build();
    }
}
