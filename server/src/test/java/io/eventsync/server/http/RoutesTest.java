package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.grpc.Calls;
import io.eventsync.server.http.PathTemplate.Binding;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesTest {
    private static final Routes ROUTES = new Routes(Calls.METHODS);

    static List<Route> all() {
        return ROUTES.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyRule_isFoundByItsOwnPath_withItsVariables(Route route) {
        String path = route.path().toString().replaceAll("\\{[a-z_.]+}", "some-name");

        List<Routes.Match> matches = ROUTES.find(RequestTarget.parse(path));

        assertThat(matches)
                .filteredOn(match -> match.route().verb().equals(route.verb()))
                .singleElement()
                .satisfies(match -> {
                    assertThat(match.route()).isEqualTo(route);
                    assertThat(match.bindings())
                            .isEqualTo(route.path().variables().stream()
                                    .map(name -> new Binding(name, "some-name"))
                                    .toList());
                });
    }

    @Test
    void everyMethodWithARule_isThere() {
        assertThat(ROUTES.all())
                .extracting(route -> route.method().path())
                .containsAll(Calls.METHODS.stream().map(Calls.Method::path).toList());
        assertThat(Calls.METHODS).hasSizeGreaterThan(35);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/events:sync, Sync, ''",
        "/v1/events/events:sync, GetEvent, events:sync",
        "/v1/events/a%2Fb, GetEvent, a/b",
        "/v1/events/%2fv1%2flog, GetEvent, /v1/log",
        "/v1/events/order:17, GetEvent, order:17",
        "/v1/events/a+b%20%C3%A9, GetEvent, a+b é",
        "/v1/events/%3A, GetEvent, :",
        "/v1/consumers/x:commit, CommitCursor, x",
        "/v1/consumers/a:seek:commit, CommitCursor, a:seek",
        "/v1/consumers/x%3Acommit, GetConsumer, x:commit",
        "/v1/consumers/x:other, GetConsumer, x:other",
        "/v1/endpoints/x/signing-keys, GetSigningKeys, x",
    })
    void path_findsItsMethod(String path, String method, String variable) {
        Routes.Match match = ROUTES.find(RequestTarget.parse(path)).get(0);

        assertThat(match.route().method().descriptor().getName()).isEqualTo(method);
        assertThat(match.bindings())
                .extracting(Binding::value)
                .isEqualTo(variable.isEmpty() ? List.of() : List.of(variable));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1",
                "/v1/",
                "/v1/events/",
                "//v1/events",
                "/v1//events",
                "/v1/events/a/b",
                "/V1/events",
                "/v1/%65vents",
                "/v1/events;a=b",
                "/v1/events:nothing",
                "/v1/endpoints//signing-keys",
            })
    void path_findsNothing_whenNoneIsMeant(String path) {
        assertThat(ROUTES.find(RequestTarget.parse(path))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/{a=*}", "/v1/{a=**}", "/v1/**", "/v1/*", "/v1/{A}", "/v1/x{a}"})
    void template_isRefused_whenItNeedsSyntaxThatIsNotThere(String template) {
        assertThatThrownBy(() -> new PathTemplate(template)).isInstanceOf(IllegalArgumentException.class);
    }
}
