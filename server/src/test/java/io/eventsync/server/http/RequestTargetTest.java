package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.failure.Failure;
import io.eventsync.server.http.RequestTarget.Parameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {
    @Test
    void query_isDecoded() {
        RequestTarget target = RequestTarget.parse("/a?x=1&y=a+b%2B&x=%C3%A9&z&filter.attributes[k%5D]=v=w&&");

        assertThat(target.path()).isEqualTo("/a");
        assertThat(target.query())
                .containsExactly(
                        new Parameter("x", "1"),
                        new Parameter("y", "a b+"),
                        new Parameter("x", "é"),
                        new Parameter("z", ""),
                        new Parameter("filter.attributes[k]]", "v=w"));
    }

    @Test
    void absoluteForm_isReadAsItsPath() {
        assertThat(RequestTarget.parse("http://host:1/v1/log?a=b").path()).isEqualTo("/v1/log");
        assertThat(RequestTarget.parse("https://host").path()).isEqualTo("/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "v1",
                "*",
                "/a/../b",
                "/..",
                "/.",
                "/a/%2e%2E/b",
                "/a/.%2e",
                "/%00",
                "/a%0d%0ab",
                "/%7f",
                "/a\\b",
                "/a#b",
                "/a b",
                "/a\tb",
                "/%",
                "/%4",
                "/%zz",
                "/%c0%ae",
                "/%ff",
                "/%ed%a0%80",
                "/é",
                "/a?%c0%af",
                "/a?%",
                "/a?é",
                "/%٠٠",
            })
    void target_isRefused_whenMalformed(String uri) {
        assertThatThrownBy(() -> RequestTarget.parse(uri))
                .isInstanceOf(Failure.class)
                .extracting(e -> ((Failure) e).reason().name())
                .isEqualTo("MESSAGE_MALFORMED");
    }
}
