package io.eventsync.server.http.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.eventsync.v1.CreateEndpointResponse;
import io.eventsync.v1.Event;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonOutputTest {
    private final JsonOutput output = JsonOutput.plain();

    @Test
    void secret_canBeCopiedAsItStands() {
        String json = output.print(CreateEndpointResponse.newBuilder()
                .setSigningSecret("whsec_AAAA+/==")
                .build());

        assertThat(json).isEqualTo("{\"signingSecret\":\"whsec_AAAA+/==\"}");
    }

    @Test
    void tags_stayEscaped() {
        String json = output.print(Event.newBuilder().setMessage("<b>").build());

        assertThat(json).isEqualTo("{\"message\":\"\\u003cb\\u003e\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=",
                "a=b&c='d'",
                "\\u003d",
                "\\\\u003d=",
                "\\=",
                "\"=\"",
                "\n=\t",
                "=\\",
                "\u2028=\u0001",
                "{\"a\": \"\\u003d\"}",
            })
    void text_comesBackAsItWas(String text) throws InvalidProtocolBufferException {
        Event event = Event.newBuilder().setMessage(text).setJson(text).build();

        Event.Builder back = Event.newBuilder();
        JsonFormat.parser().merge(output.print(event), back);

        assertThat(back.build()).isEqualTo(event);
    }
}
