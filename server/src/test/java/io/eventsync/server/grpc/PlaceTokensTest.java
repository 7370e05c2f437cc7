package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsync.server.delivery.Deliveries.Place;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import io.eventsync.v1.ListDeliveriesRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceTokensTest {
    private static final ListDeliveriesRequest REQUEST =
            ListDeliveriesRequest.newBuilder().setEndpoint("a").build();
    private static final Place PLACE = new Place(1_700_000_000_000_000L, new UUID(1, 2).toString(), 77);

    private static void assertInvalid(String token) {
        assertThat(catchThrowableOfType(Failure.class, () -> PlaceTokens.decode(token, REQUEST))
                        .reason())
                .isEqualTo(Reason.PAGE_TOKEN_INVALID);
    }

    @Test
    void place_comesBack() {
        for (Place place : new Place[] {PLACE, new Place(0, "12", 0), new Place(1, "1", 999_999_999_999_999_999L)}) {
            assertThat(PlaceTokens.decode(PlaceTokens.encode(place, REQUEST), REQUEST))
                    .contains(place);
        }
    }

    @Test
    void noToken_isNoPlace() {
        assertThat(PlaceTokens.decode("", REQUEST)).isEmpty();
    }

    @Test
    void token_isRefused_forAnotherRequest() {
        String token = PlaceTokens.encode(PLACE, REQUEST);

        assertThat(catchThrowableOfType(
                                Failure.class,
                                () -> PlaceTokens.decode(token, ListDeliveriesRequest.getDefaultInstance()))
                        .reason())
                .isEqualTo(Reason.PAGE_TOKEN_INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "!!", "AAAA", "ä"})
    void token_isRefused_whenGarbage(String token) {
        assertInvalid(token);
    }

    @Test
    void token_isRefused_whenItsPlaceCannotBeOne() {
        String text = new String(
                Base64.getUrlDecoder().decode(PlaceTokens.encode(PLACE, REQUEST)), StandardCharsets.US_ASCII);
        String sum = text.substring(text.lastIndexOf(' ') + 1);
        for (String wrong : new String[] {
            "-1 1 1 " + sum, "1 1 1", "1 1 1 " + sum + " ", "1 ' 1 " + sum, "9999999999999999999 1 1 " + sum
        }) {
            assertInvalid(
                    Base64.getUrlEncoder().withoutPadding().encodeToString(wrong.getBytes(StandardCharsets.US_ASCII)));
        }
    }
}
