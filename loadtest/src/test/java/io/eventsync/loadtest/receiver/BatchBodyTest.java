package io.eventsync.loadtest.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchBodyTest {

    @Test
    void events_haveIdCursorAndTheDigestOfTheirBytes() {
        String first = "{\"type\":\"A\",\"data\":{\"id\":\"no\",\"x\":[{}]},\"id\":\"ü1\",\"cursor\":\"c1\"}";
        String second = "{\"id\":\"2\"}";

        List<ReceivedEvent> events = read(" {\n\"events\" : [" + first + ",\n " + second + "] }");

        assertThat(events)
                .containsExactly(
                        new ReceivedEvent("ü1", "c1", digest(first)), new ReceivedEvent("2", "", digest(second)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{}",
                "{\"events\"",
                "{\"events\":1}",
                "{\"events\":[]}",
                "{\"events\":[{\"id\":\"a\"}",
                "{\"events\":[{\"id\":\"a\"},3]}",
                "{\"events\":[{\"id\":7}]}",
                "{\"events\":[{\"id\":\"a\"}],\"more\":1}",
                "{\"type\":\"A\",\"events\":[{\"id\":\"a\"}]}"
            })
    void otherBodies_areNoBatch(String body) {
        assertThat(read(body)).isEmpty();
    }

    private static List<ReceivedEvent> read(String body) {
        return BatchBody.events(body.getBytes(StandardCharsets.UTF_8));
    }

    private static Digest digest(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Digest.of(bytes, 0, bytes.length);
    }
}
