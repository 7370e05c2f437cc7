package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.TestServer;
import io.eventsync.server.http.TestHttp.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** URLs that are well formed and wrong: the answer names the field, or does not find what the path does not say. */
class BadUrlIT {
    private static TestServer server;
    private static TestHttp http;

    @BeforeAll
    static void startServer() {
        server = TestServer.start();
        http = new TestHttp(server);
        // What a name decoded twice would find.
        assertThat(http.post("/v1/events", "{\"event\":{\"id\":\"a/b\",\"tag\":\"URL\"}}")
                        .status())
                .isEqualTo(200);
        assertThat(http.post("/v1/consumers", "{\"consumer\":{\"name\":\"log\"}}")
                        .status())
                .isEqualTo(200);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // unknown
                "/v1/log?nope=1 | nope",
                "/v1/log?%6eope=1 | nope",
                "/v1/events:sync?filter=x | filter",
                "/v1/events:sync?filter.nope=x | filter.nope",
                "/v1/events:sync?filter.tag_prefixes.x=1 | filter.tag_prefixes.x",
                "/v1/events:sync?events=1 | events",
                "/v1/events/x?id=y | id",
                "/v1/consumers/x?name=y | name",
                // twice
                "/v1/events:sync?max_events=1&max_events=2 | max_events",
                "/v1/events:sync?max_events=1&maxEvents=1 | max_events",
                "/v1/events:sync?start.anchor=ANCHOR_NOW&start.anchor=ANCHOR_NOW | start.anchor",
                "/v1/events:sync?start.cursor=a&start.after_position=1 | start.after_position",
                // enums
                "/v1/events:sync?start.anchor=NOW | start.anchor",
                "/v1/events:sync?start.anchor=anchor_now | start.anchor",
                "/v1/events:sync?start.anchor= | start.anchor",
                "/v1/events:sync?start.anchor=77 | start.anchor",
                "/v1/events:sync?on_expired=SKIP | on_expired",
                "/v1/endpoints?state=PAUSED | state",
                "/v1/deliveries?endpoint=x&states=DEAD | states[0]",
                // numbers
                "/v1/events:sync?max_events=-1 | max_events",
                "/v1/events:sync?max_events= | max_events",
                "/v1/events:sync?max_events=1e9 | max_events",
                "/v1/events:sync?max_events=2147483648 | max_events",
                "/v1/events:sync?max_events=%D9%A3 | max_events",
                "/v1/events?page_size=-1 | page_size",
                "/v1/events?page_size=1001 | page_size",
                "/v1/tags?depth=-1 | depth",
                "/v1/tags?depth=9 | depth",
                "/v1/tags?parent=A..B | parent",
                "/v1/consumers?page_size=-5 | page_size",
                "/v1/endpoints?page_size=1001 | page_size",
                "/v1/deliveries?endpoint=x&page_size=-1 | page_size",
                "/v1/attempts?page_size=-1 | page_size",
                "/v1/dead-letters?page_size=100000 | page_size",
                "/v1/replays?page_size=-1 | page_size",
                "/v1/positions/abc | position",
                "/v1/positions/9223372036854775808 | position",
                "/v1/positions/1%2F2 | position",
                // other types
                "/v1/events:sync?wait=1 | wait",
                "/v1/events:sync?wait=-1s | wait",
                "/v1/events:sync?wait=61s | wait",
                "/v1/events:sync?start.time=yesterday | start.time",
                "/v1/events:sync?start.time=2026-13-01T00:00:00Z | start.time",
                "/v1/events:sync?start.time=2026-02-30T00:00:00Z | start.time",
                "/v1/events:sync?start.time=2026-01-01T25:00:00%2B01:00 | start.time",
                "/v1/events:sync?start.time=2026-01-01T00:00Z | start.time",
                "/v1/events:sync?start.time=10000-01-01T00:00:00Z | start.time",
                "/v1/dead-letters?include_events=yes | include_events",
                "/v1/events:subscribe?max_batch=-1 | max_batch",
                "/v1/events:subscribe?heartbeat_interval=0s | heartbeat_interval",
                "/v1/events:subscribe?nope=1 | nope",
                "/v1/attempts:watch?nope=1 | nope",
                "/v1/attempts:watch?max_batch=1001 | max_batch",
                "/v1/events:sync?filter.tag_prefixes=A&filter.tag_prefixes=%2A | filter.tag_prefixes[1]",
                "/v1/events:sync?filter.attributes[a=1 | filter.attributes",
                "/v1/events:sync?filter.attributes[a]=1&filter.attributes[a]=2 | filter.attributes.a",
                // older routes
                "/api/logs?limit=0 | limit",
                "/api/logs?limit=1001 | limit",
                "/api/logs?since=9223372036854775808 | since",
                "/sync-events?limit=-1 | limit",
                "/sync-events?offset=-1 | offset",
                "/sync-events?offset=100001 | offset",
                "/sync-events?event_type=copy | event_type",
            })
    void field_isNamed(String path, String field) {
        Answer answer = http.get(path.replace("[", "%5B").replace("]", "%5D"));

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.reason()).as(answer.text()).isEqualTo("FIELD_INVALID");
        assertThat(answer.fields()).containsExactly(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // decoded once: these are names, and nobody's
                "/v1/events/a%252Fb | 404 | RESOURCE_NOT_FOUND",
                "/v1/events/%252e%252e | 404 | RESOURCE_NOT_FOUND",
                "/v1/consumers/%6cog%2500 | 404 | RESOURCE_NOT_FOUND",
                "/v1/consumers/x%2Flog | 404 | RESOURCE_NOT_FOUND",
                "/v1/consumers/..%2Flog | 404 | RESOURCE_NOT_FOUND",
                "/sync-events/a%252Fb | 404 | RESOURCE_NOT_FOUND",
                // a path is what it is spelled as
                "/v1/events/a/b | 404 | ROUTE_UNKNOWN",
                "/V1/log | 404 | ROUTE_UNKNOWN",
                "/v1%2Flog | 404 | ROUTE_UNKNOWN",
                "/v1/consumers/log/ | 404 | ROUTE_UNKNOWN",
                "/v1/consumers/ | 404 | ROUTE_UNKNOWN",
                "/v1/events%3Async | 404 | ROUTE_UNKNOWN",
                "/v1/events:nope | 404 | ROUTE_UNKNOWN",
                "/%252e%252e/v1/log | 404 | ROUTE_UNKNOWN",
                "/docs/%252e%252e/openapi.json | 404 | ROUTE_UNKNOWN",
                "/docs/..%2Fopenapi.json | 404 | ROUTE_UNKNOWN",
                "/docs/..;/openapi.json | 404 | ROUTE_UNKNOWN",
                "/logs/ | 404 | ROUTE_UNKNOWN",
                "/LOGS | 404 | ROUTE_UNKNOWN",
                "/sync-events/a/b | 404 | ROUTE_UNKNOWN",
                "/%2e%2e/v1/log | 400 | MESSAGE_MALFORMED",
                "/docs/%2e%2e%2Fopenapi.json/%2E | 400 | MESSAGE_MALFORMED",
                "/v1/consumers/%ff | 400 | MESSAGE_MALFORMED",
                "/v1/consumers/%0a | 400 | MESSAGE_MALFORMED",
            })
    void path_isReadOnce_andToTheLetter(String path, int status, String reason) {
        Answer answer = http.get(path);

        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({"1500, 404, RESOURCE_NOT_FOUND", "9000, 414, ''", "20000, 414, ''"})
    void longPath_isRefused_andTheServerGoesOn(int length, int status, String reason) {
        Answer answer = http.get("/v1/events/" + "x".repeat(length));

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).contains(reason);
        assertThat(http.get("/v1/log").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"2000, 400", "2001, 400"})
    void manyParameters_areRefused(int count, int status) {
        Answer answer = http.get("/v1/log?" + "a&".repeat(count));

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.reason()).isEqualTo(count > 2_000 ? "MESSAGE_MALFORMED" : "FIELD_INVALID");
    }
}
