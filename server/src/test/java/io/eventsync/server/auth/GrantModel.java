package io.eventsync.server.auth;

import io.eventsync.server.TestServer;
import io.eventsync.server.postgres.TestSql;
import io.eventsync.v1.Filter;
import io.vertx.pgclient.PgConnection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What there is, as the database says, and who may see it, as ten lines say that share nothing with the server. */
final class GrantModel implements AutoCloseable {
    final Map<String, List<String>> consumers = new TreeMap<>();
    final Map<String, List<String>> endpoints = new TreeMap<>();
    /** In the order of their positions. */
    final List<Known> events = new ArrayList<>();

    private final TestSql sql = new TestSql();
    private final PgConnection connection;

    /** An event, or what became of it at an endpoint. */
    record Known(long position, String id, String tag, String key, String endpoint) {}

    /**
     * A caller.
     *
     * @param grants such as {@code read:TA.TB} or {@code read:*}
     */
    record Caller(String token, List<String> grants) {
        // The oracle.
        boolean may(String action, String tag) {
            return grants.stream()
                    .map(grant -> grant.split(":", 2))
                    .filter(grant -> grant[0].equals(action) || grant[0].equals("admin"))
                    .anyMatch(grant -> grant[1].equals("*") || isBelow(tag, grant[1]));
        }

        boolean mayAny(String action) {
            return grants.stream().anyMatch(grant -> grant.startsWith(action) || grant.startsWith("admin"));
        }

        boolean mayAll(String action) {
            return grants.contains(action + ":*") || grants.contains("admin:*");
        }

        /** Whether the caller may ask for all these; none stands for what it may see. */
        boolean mayAsk(String action, List<String> prefixes) {
            return mayAny(action) && prefixes.stream().allMatch(prefix -> may(action, prefix));
        }

        /** Whether the caller sees what was made with these prefixes. */
        boolean covers(String action, List<String> prefixes) {
            return mayAll(action) || (!prefixes.isEmpty() && mayAsk(action, prefixes));
        }
    }

    GrantModel(TestServer server) {
        this.connection = sql.connect(server.database());
    }

    static boolean isBelow(String tag, String prefix) {
        List<String> segments = Arrays.asList(tag.split("\\.", -1));
        List<String> of = Arrays.asList(prefix.split("\\.", -1));
        return segments.size() >= of.size() && segments.subList(0, of.size()).equals(of);
    }

    static boolean matches(Filter filter, Known event) {
        Predicate<String> isAbove = prefix -> isBelow(event.tag(), prefix);
        return (filter.getTagPrefixesCount() == 0
                        || filter.getTagPrefixesList().stream().anyMatch(isAbove))
                && filter.getExcludeTagPrefixesList().stream().noneMatch(isAbove)
                && (filter.getKeysCount() == 0 || filter.getKeysList().contains(event.key()));
    }

    List<Known> seen(Caller caller, String action, Filter filter) {
        return seen(events, caller, action, filter);
    }

    static List<Known> seen(List<Known> all, Caller caller, String action, Filter filter) {
        return all.stream()
                .filter(event -> caller.may(action, event.tag()) && matches(filter, event))
                .toList();
    }

    /** Reads what was ingested since. */
    void refresh() {
        long last = events.isEmpty() ? 0 : events.get(events.size() - 1).position();
        events.addAll(rows(
                "select position || '|' || id || '|' || tag || '|' || coalesce(key, '') || '|' from eventsync.events"
                        + " where position > " + last + " order by position"));
    }

    List<Known> attempts() {
        return rows(
                "select position || '|' || event_id || '|' || tag || '||' || endpoint from eventsync.attempts where not test");
    }

    List<Known> deadLetters() {
        return rows("select position || '|' || event_id || '|' || tag || '||' || endpoint from eventsync.dead_letters");
    }

    private List<Known> rows(String query) {
        return TestSql.await(connection.query(query).execute()).stream()
                .map(row -> row.getString(0).split("\\|", -1))
                .map(part -> new Known(Long.parseLong(part[0]), part[1], part[2], part[3], part[4]))
                .toList();
    }

    @Override
    public void close() {
        sql.close();
    }
}
