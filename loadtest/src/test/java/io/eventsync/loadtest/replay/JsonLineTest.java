package io.eventsync.loadtest.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.v1.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLineTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ \"b\" : 1,  \"a\":[ 1.50e+2 , null ] }",
                "[]",
                "\"text with \\u00e9 and é and \\\"quotes\\\"\"",
                "1.000",
                "-0",
                "12345678901234567890.10",
                "true",
                "null",
                "\"\""
            })
    void parse_keepsPayloadBytes_whereverItStands(String payload) throws IOException {
        assertThat(parse("{\"tag\":\"A.B\",\"payload\": " + payload + " ,\"id\":\"x\"}")
                        .getJson())
                .isEqualTo(payload);
        assertThat(parse("{\"tag\":\"Ä\",\"payload\":" + payload + "}").getJson())
                .isEqualTo(payload);
    }

    @Test
    void parse_takesEveryMember() throws IOException {
        Event event = parse("{\"id\":\"i\",\"tag\":\"T\",\"key\":\"k\",\"message\":\"m\","
                + "\"content_type\":\"c\",\"attributes\":{\"a\":\"1\"},\"data\":\"AQI=\",\"position\":9}");

        assertThat(event.getId() + event.getKey() + event.getMessage() + event.getContentType())
                .isEqualTo("ikmc");
        assertThat(event.getAttributesMap()).containsEntry("a", "1");
        assertThat(event.getData().toByteArray()).containsExactly(1, 2);
        assertThat(event.getPosition()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"id\":\"x\"}",
                "{\"tag\":1}",
                "{\"tag\":\"T\",\"pay\":1}",
                "{\"tag\":\"T\"} x",
                "{\"tag\":\"T\""
            })
    void parse_fails_whenLineIsNoEvent(String line) {
        assertThatThrownBy(() -> parse(line)).isInstanceOf(IOException.class);
    }

    private static Event parse(String line) throws IOException {
        return JsonLine.parse(line.getBytes(StandardCharsets.UTF_8));
    }
}
