package io.eventsync.server.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eventsync.server.TestServer;
import io.eventsync.server.postgres.TestSql;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** File events count as processed once and for all, whichever node of several is asked and whichever did it. */
@Timeout(60)
class ProcessedIT {
    private static final Map<String, String> OFTEN = Map.of("compat-process-interval", "100ms");
    private static final Map<String, String> SELDOM = Map.of("compat-process-interval", "1h");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final List<TestServer> nodes = new ArrayList<>();
    /** All that any node ever told of when an event was processed. */
    private final Map<String, Set<String>> told = new HashMap<>();

    @AfterEach
    void stop() {
        // The first has the database that the others are on.
        for (int i = nodes.size() - 1; i >= 0; i--) {
            nodes.get(i).close();
        }
    }

    private TestServer node(Map<String, String> flags) {
        TestServer node = nodes.isEmpty()
                ? TestServer.start(flags)
                : TestServer.start(nodes.get(0).database(), flags);
        nodes.add(node);
        return node;
    }

    private static HttpResponse<String> send(TestServer node, HttpRequest.Builder request, String path) {
        try {
            return HTTP.send(
                    request.uri(URI.create("http://127.0.0.1:" + node.port() + path))
                            .header("content-type", "application/json")
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String make(TestServer node, String file) {
        String body = new JsonObject()
                .put("file_id", file)
                .put("event_type", "upload")
                .encode();
        HttpRequest.Builder request = HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString(body));
        return new JsonObject(send(node, request, "/sync-events").body()).getString("event_id");
    }

    private List<JsonObject> list(TestServer node, String query) {
        HttpResponse<String> response = send(node, HttpRequest.newBuilder(), "/sync-events?limit=1000" + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        List<JsonObject> events = new ArrayList<>();
        new JsonArray(response.body()).forEach(event -> events.add((JsonObject) event));
        return events;
    }

    /** Asks a node for all, and for those in one state; a list by state holds that state only. */
    private void look(TestServer node) {
        for (JsonObject event : list(node, "")) {
            String id = event.getString("event_id");
            if (event.getBoolean("processed")) {
                told.computeIfAbsent(id, i -> new HashSet<>()).add(event.getString("processed_at"));
            } else {
                assertThat(told).as("told to be processed before").doesNotContainKey(id);
            }
        }
        assertThat(list(node, "&processed=false")).noneMatch(event -> event.getBoolean("processed"));
        assertThat(list(node, "&processed=true")).allMatch(event -> event.getBoolean("processed"));
    }

    private void awaitProcessed(TestServer node, List<String> ids) {
        await().untilAsserted(() -> {
            look(node);
            assertThat(told).containsOnlyKeys(ids.toArray(String[]::new));
        });
        assertThat(told.values()).allSatisfy(times -> assertThat(times).hasSize(1));
        assertThat(list(node, "").stream().map(event -> event.getString("event_id")))
                .containsExactlyElementsOf(ids);
    }

    @Test
    void eventsOfEitherNode_areProcessedOnce_asBothTell() {
        TestServer one = node(OFTEN);
        TestServer other = node(OFTEN);
        List<String> ids = new ArrayList<>();

        for (int i = 0; i < 60; i++) {
            ids.add(make(i % 2 == 0 ? one : other, "f-" + i));
            look(i % 3 == 0 ? one : other);
        }

        awaitProcessed(other, ids);
        awaitProcessed(one, ids);
        assertThat(one.query(
                        "select count(*) from eventsync.file_event_processed a join eventsync.file_event_processed b"
                                + " on a.position < b.position and a.at > b.at"))
                .containsExactly("0");
    }

    @Test
    void eventsAreProcessed_whenTheNodeThatDidItStops() {
        TestServer asked = node(SELDOM);
        TestServer first = node(OFTEN);
        List<String> ids = new ArrayList<>(List.of(make(first, "f-0"), make(asked, "f-1")));
        awaitProcessed(asked, ids);

        ids.add(make(first, "f-2"));
        first.kill();
        ids.add(make(asked, "f-3"));
        TestServer heir = node(OFTEN);

        awaitProcessed(heir, ids);
        awaitProcessed(asked, ids);
    }

    /** A node that is behind would say of events that they were processed later than was said before. */
    @Test
    void aMarkBelowAnother_isNotMade_evenAtTheSameTime() throws Exception {
        TestServer node = node(SELDOM);
        Vertx vertx = Vertx.vertx();
        Pool pool = PgBuilder.pool().connectingTo(node.database()).using(vertx).build();
        try (TestSql sql = new TestSql()) {
            PgConnection ahead = sql.connect(node.database());
            TestSql.done(ahead.query("begin; " + ProcessedStore.LOCK).execute());
            TestSql.done(ahead.preparedQuery(ProcessedStore.MARK).execute(io.vertx.sqlclient.Tuple.of(10L)));
            ProcessedStore store = new ProcessedStore(pool);

            Future<Void> behind = store.mark(8);
            await().until(() -> behind.isComplete()
                    || node.query("select count(*) from pg_locks where locktype = 'advisory' and not granted")
                            .equals(List.of("1")));
            TestSql.done(ahead.query("commit").execute());
            behind.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);

            assertThat(node.query("select position from eventsync.file_event_processed"))
                    .containsExactly("10");
        } finally {
            TestServer.await(vertx.close());
        }
    }
}
