package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NegotiationTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/* | application/x-ndjson",
                "'' | application/x-ndjson",
                "text/event-stream | text/event-stream",
                "TEXT/Event-Stream;charset=utf-8 | text/event-stream",
                "application/json | application/json",
                "application/json;q=0.1, text/event-stream;q=0.2 | text/event-stream",
                "text/html, application/xhtml+xml, */*;q=0.8 | application/x-ndjson",
                "*/*;q=0.5, application/x-ndjson;q=0, application/json | application/json",
                "text/* | text/event-stream",
                "text/html | none",
                "application/json;q=0 | none",
                "application/json;q=x | none",
                ", ; | none",
            })
    void clientGetsWhatItLikesBest(String accept, String chosen) {
        assertThat(Negotiation.choose(accept, StreamFormat.TYPES).orElse("none"))
                .isEqualTo(chosen);
    }

    @Test
    void clientGetsTheFirst_whenItHasNoWish() {
        assertThat(Negotiation.choose(null, StreamFormat.TYPES)).hasValue("application/x-ndjson");
    }
}
