package io.eventsync.server.event;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tags and their numbers, in memory. A tag's row commits before the first event that carries it, so a node that has looked at the
 * log up to a position and asked for each number it did not know has every tag used up to there. Any thread may read.
 */
final class TagDictionary {
    private static final int CHECKED_AT_ONCE = 10_000;

    private final TagStore store;
    private final int tagsMax;
    private final Map<String, Integer> ids = new ConcurrentHashMap<>();
    private final Map<Integer, String> tags = new ConcurrentHashMap<>();

    TagDictionary(TagStore store, int tagsMax) {
        this.store = store;
        this.tagsMax = tagsMax;
    }

    Future<Void> load() {
        return store.all().map(rows -> {
            forget();
            return remember(rows);
        });
    }

    /** Starts over, after the database lost rows. */
    void forget() {
        ids.clear();
        tags.clear();
    }

    @Nullable
    Integer idOf(String tag) {
        return ids.get(tag);
    }

    @Nullable
    String tagOf(int tagId) {
        return tags.get(tagId);
    }

    /** The same tag, in the text that is in memory anyway. */
    String shared(String tag, int tagId) {
        @Nullable String known = tags.get(tagId);
        return known != null && known.equals(tag) ? known : tag;
    }

    int size() {
        return ids.size();
    }

    /** Makes sure that each of these has a number. */
    Future<Void> ensure(Collection<String> wanted) {
        String[] missing =
                wanted.stream().filter(t -> !ids.containsKey(t)).distinct().toArray(String[]::new);
        if (missing.length == 0) {
            return Future.succeededFuture();
        }
        if (ids.size() + missing.length > tagsMax) {
            return Future.failedFuture(Failure.of(Reason.LIMIT_REACHED, "the log has as many distinct tags as it takes")
                    .with("limit", tagsMax));
        }
        return store.ensure(missing).map(this::remember);
    }

    /** Learns the tags of these numbers, which other nodes gave out. */
    Future<Void> learn(SqlClient client, Integer[] unknown) {
        return store.byIds(client, unknown).map(this::remember);
    }

    /** A tag that has another number in that connection's database than here, or none. */
    Future<Optional<String>> stray(SqlClient client) {
        return stray(client, List.copyOf(ids.entrySet()), 0);
    }

    private Future<Optional<String>> stray(SqlClient client, List<Map.Entry<String, Integer>> known, int from) {
        int to = Math.min(known.size(), from + CHECKED_AT_ONCE);
        List<Map.Entry<String, Integer>> some = known.subList(from, to);
        return store.stray(
                        client,
                        some.stream().map(Map.Entry::getValue).toArray(Integer[]::new),
                        some.stream().map(Map.Entry::getKey).toArray(String[]::new))
                .compose(found -> found.isPresent() || to == known.size()
                        ? Future.succeededFuture(found)
                        : stray(client, known, to));
    }

    /** The numbers of all tags that pass, in no order. */
    Integer[] idsWhere(Predicate<String> passes) {
        return ids.entrySet().stream()
                .filter(e -> passes.test(e.getKey()))
                .map(Map.Entry::getValue)
                .toArray(Integer[]::new);
    }

    private @Nullable Void remember(Map<Integer, String> rows) {
        tags.putAll(rows);
        rows.forEach((tagId, tag) -> ids.put(tag, tagId));
        return null;
    }
}
