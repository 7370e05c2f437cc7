package io.eventsync.server.event;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/** Requests that travel to Postgres together, and those that wait for its outcome because they share an id with it. */
final class AppendBatch {
    private final List<AppendRequest> requests = new ArrayList<>();
    private final List<AppendRequest> waiters = new ArrayList<>();
    private final List<NewEvent> events = new ArrayList<>();
    private final Set<Object> sessions = new HashSet<>();
    private final Set<String> probe = new HashSet<>();
    private int bytes;

    void add(AppendRequest request) {
        requests.add(request);
        if (request.session() != null) {
            sessions.add(request.session());
        }
        bytes += request.bytes();
        for (int i = 0; i < request.events().size(); i++) {
            if (request.isOpen(i)) {
                NewEvent event = request.events().get(i);
                events.add(event);
                if (event.idFromProducer()) {
                    probe.add(event.id());
                }
            }
        }
    }

    void addWaiter(AppendRequest request) {
        waiters.add(request);
    }

    List<AppendRequest> requests() {
        return requests;
    }

    List<AppendRequest> waiters() {
        return waiters;
    }

    Set<Object> sessions() {
        return sessions;
    }

    /** Ids that the log may have. */
    Set<String> probe() {
        return probe;
    }

    /** Those of them that the key index may have: not those made after the newest id in it, nor those that a filter denies. */
    String[] indexProbe(long indexedIdMillis, Predicate<String> mayBeIndexed) {
        return probe.stream()
                .filter(id -> !IdTime.isAfter(id, indexedIdMillis) && mayBeIndexed.test(id))
                .toArray(String[]::new);
    }

    int bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    int size() {
        return events.size();
    }

    Integer[] tagIds(TagDictionary dictionary) {
        Integer[] tagIds = new Integer[events.size()];
        for (int i = 0; i < tagIds.length; i++) {
            Integer tagId = dictionary.idOf(events.get(i).tag());
            if (tagId == null) {
                throw new IllegalStateException("a tag without a number reached the log");
            }
            tagIds[i] = tagId;
        }
        return tagIds;
    }

    /**
     * As the functions that append take it.
     *
     * @param indexProbe ids to look up in the key index; those of {@link #probe} are looked up behind {@code known}
     * @param known up to here every id is in memory or in the index
     */
    Tuple arguments(Integer[] tagIds, String[] indexProbe, long known) {
        return Tuple.tuple()
                .addArrayOfInteger(tagIds)
                .addArrayOfString(ids())
                .addArrayOfBuffer(bodies())
                .addArrayOfString(indexProbe)
                .addArrayOfString(probe.toArray(String[]::new))
                .addLong(known);
    }

    String[] ids() {
        String[] ids = new String[events.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = events.get(i).id();
        }
        return ids;
    }

    private Buffer[] bodies() {
        Buffer[] bodies = new Buffer[events.size()];
        for (int i = 0; i < bodies.length; i++) {
            bodies[i] = Buffer.buffer(events.get(i).body());
        }
        return bodies;
    }

    /**
     * Gives each open event its place, in the order in which they were sent.
     *
     * @param shared of a tag and its number, the same tag in the text that is in memory anyway
     */
    LogEvent[] place(long base, long ingestMicros, Integer[] tagIds, BiFunction<String, Integer, String> shared) {
        LogEvent[] placed = new LogEvent[events.size()];
        int next = 0;
        for (AppendRequest request : requests) {
            for (int i = 0; i < request.events().size(); i++) {
                if (request.isOpen(i)) {
                    NewEvent event = request.events().get(i);
                    long position = base + 1 + next;
                    String tag = shared.apply(event.tag(), tagIds[next]);
                    placed[next] = new LogEvent(position, ingestMicros, tagIds[next], tag, event.id(), event.body());
                    request.resolve(i, new Appended(event.id(), position, ingestMicros, false));
                    next++;
                }
            }
        }
        return placed;
    }
}
