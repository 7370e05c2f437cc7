package io.eventsync.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.auth.GrantModel.Caller;
import io.eventsync.server.auth.GrantModel.Known;
import io.eventsync.server.auth.GrantQuestions.Question;
import io.eventsync.v1.Filter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Questions by the routes of the older systems. */
final class OlderGrantQuestions {
    private final GrantQuestions ask;
    private final GrantModel model;

    OlderGrantQuestions(GrantQuestions ask) {
        this.ask = ask;
        this.model = ask.model;
    }

    List<Question> all() {
        return List.of(
                new Question("read", this::lastLogs),
                new Question("read", this::logsSince),
                new Question("read", this::fileEvents),
                new Question("read", this::fileEvent),
                new Question("ingest", this::log),
                new Question("ingest", this::event));
    }

    private HttpResponse<String> get(Caller caller, String path) {
        return get(caller, path, "");
    }

    private HttpResponse<String> get(Caller caller, String path, String named) {
        return ask.older(caller, "read", "GET", path, "", named);
    }

    private List<Known> seen(Caller caller) {
        return model.seen(caller, "read", Filter.getDefaultInstance());
    }

    private static List<Long> ids(String body) {
        List<Long> ids = new ArrayList<>();
        new JsonArray(body).forEach(one -> ids.add(((JsonObject) one).getLong("id")));
        return ids;
    }

    private void lastLogs(Caller caller) {
        HttpResponse<String> response = get(caller, "/logs");

        assertThat(response.statusCode()).isEqualTo(caller.mayAny("read") ? 200 : 403);
        if (response.statusCode() == 200) {
            model.refresh();
            List<Known> all = seen(caller);
            // The newest may be of the server itself, and have come since.
            List<Long> ids = ids(response.body());
            List<Long> expected = GrantQuestions.positions(all);
            int end = ids.isEmpty() ? 0 : expected.indexOf(ids.get(ids.size() - 1)) + 1;
            assertThat(ids).isEqualTo(expected.subList(Math.max(0, end - 50), end));
            assertThat(all.subList(end, all.size()))
                    .allMatch(event -> event.tag().startsWith("$SYSTEM"));
        }
    }

    private void logsSince(Caller caller) {
        long since = ask.random.nextInt(model.events.size());
        String path = "/api/logs?since=" + since + "&limit=" + (100 + ask.random.nextInt(900));
        List<Long> ids = new ArrayList<>();
        while (!path.isEmpty()) {
            HttpResponse<String> response = get(caller, path);
            assertThat(response.statusCode()).isEqualTo(caller.mayAny("read") ? 200 : 403);
            if (response.statusCode() != 200) {
                return;
            }
            ids.addAll(ids(response.body()));
            path = response.headers()
                    .firstValue("link")
                    .map(link -> link.substring(1, link.indexOf('>')))
                    .orElse("");
        }

        ask.requireSame(
                caller.grants() + " reads logs",
                ids,
                () -> seen(caller).stream()
                        .filter(event -> event.position() > since)
                        .toList());
    }

    private void fileEvents(Caller caller) {
        String type = ask.pick(List.of("", "upload", "delete"));
        String tag = type.isEmpty() ? "FILE" : "FILE." + type.toUpperCase(Locale.ROOT);
        HttpResponse<String> response =
                get(caller, "/sync-events?limit=1000" + (type.isEmpty() ? "" : "&event_type=" + type), tag);

        // A caller that may see some kinds of file events asks for those.
        assertThat(response.statusCode()).isEqualTo(caller.may("read", tag) ? 200 : 403);
        if (response.statusCode() == 200) {
            List<String> ids = new ArrayList<>();
            new JsonArray(response.body()).forEach(one -> ids.add(((JsonObject) one).getString("event_id")));
            assertThat(ids)
                    .isEqualTo(seen(caller).stream()
                            .filter(event -> GrantModel.isBelow(event.tag(), tag))
                            .map(Known::id)
                            .toList());
        }
    }

    private void fileEvent(Caller caller) {
        Known event = ask.pick(model.events);
        boolean isFile = event.tag().startsWith("FILE.");

        assertThat(get(caller, "/sync-events/" + event.id()).statusCode())
                .isEqualTo(isFile && caller.may("read", event.tag()) ? 200 : 404);
    }

    private void log(Caller caller) {
        String[] segments = (ask.tag() + ".BRAVO").split("\\.", -1);
        requireStored(
                caller,
                "/internal/log",
                new JsonObject()
                        .put("category", segments[0])
                        .put("code", segments[1])
                        .put("message", "x"),
                segments[0] + "." + segments[1]);
    }

    private void event(Caller caller) {
        requireStored(
                caller, "/event", new JsonObject().put("event_type", "ALFA").put("event_payload", "x"), "EVENT.ALFA");
    }

    private void requireStored(Caller caller, String path, JsonObject body, String tag) {
        long before = count(tag);
        HttpResponse<String> response = ask.older(caller, "ingest", "POST", path, body.encode(), tag);
        model.refresh();
        boolean isGranted = caller.may("ingest", tag);
        assertThat(response.statusCode() < 300).as(response.body()).isEqualTo(isGranted);
        assertThat(count(tag)).isEqualTo(before + (isGranted ? 1 : 0));
    }

    private long count(String tag) {
        return model.events.stream().filter(event -> event.tag().equals(tag)).count();
    }
}
