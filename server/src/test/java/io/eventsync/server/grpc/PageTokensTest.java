package io.eventsync.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventsync.server.event.EventFilter;
import io.eventsync.server.failure.Failure;
import io.eventsync.server.failure.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTokensTest {
    private static final EventFilter KEYED = new EventFilter(List.of(), List.of(), Set.of("k", "l"), Map.of());

    @Test
    void position_comesBack_underTheSameFilter() {
        for (long position : new long[] {1, 77, Long.MAX_VALUE}) {
            String token = PageTokens.encode(position, KEYED);

            assertThat(PageTokens.position(token, new EventFilter(List.of(), List.of(), Set.of("l", "k"), Map.of())))
                    .isEqualTo(position);
        }
    }

    @Test
    void token_isRefused_underAnotherFilter() {
        assertInvalid(() -> PageTokens.position(PageTokens.encode(5, KEYED), EventFilter.ALL));
    }

    @Test
    void token_isRefused_whenAnyBitOfItsBytesIsFlipped() {
        byte[] bytes = Base64.getUrlDecoder().decode(PageTokens.encode(5, KEYED));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);

            assertInvalid(() -> PageTokens.position(Base64.getUrlEncoder().encodeToString(flipped), KEYED));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "!!", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAA", "ä"})
    void token_isRefused_whenGarbage(String token) {
        assertInvalid(() -> PageTokens.position(token, EventFilter.ALL));
    }

    @Test
    void name_comesBack() {
        assertThat(PageTokens.name(PageTokens.encode("billing.eu-1"))).isEqualTo("billing.eu-1");
    }

    @Test
    void name_isRefused_whenItCannotBeOne() {
        assertInvalid(() -> PageTokens.name("!"));
        assertInvalid(() -> PageTokens.name(token("a\u0000")));
        assertInvalid(() ->
                PageTokens.name(Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[] {(byte) 0xFF, 'a'})));
    }

    private static String token(String name) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertInvalid(ThrowingCallable call) {
        assertThat(catchThrowableOfType(Failure.class, call).reason()).isEqualTo(Reason.PAGE_TOKEN_INVALID);
    }
}
