package io.eventsync.server.auth;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventsync.server.config.TestSettings;
import io.eventsync.server.failure.Failure;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuotasTest {
    private final Quotas quotas = new Quotas(AuthConfig.from(
            TestSettings.load(AuthConfig.SETTINGS, Map.of("auth-streams-max", "1", "auth-calls-per-second", "1000"))));

    private static Principal principal(String name) {
        return new Principal(name, Optional.empty(), Grants.EVERYTHING, Optional.empty());
    }

    @Test
    void openStreams_areNotForgotten_howeverManyOthersCall() {
        Runnable end = quotas.stream(principal("long"));
        for (int i = 0; i < 100_000; i++) {
            quotas.call(principal("other-" + i));
        }

        assertThatThrownBy(() -> quotas.stream(principal("long"))).isInstanceOf(Failure.class);
        end.run();
        assertThatCode(() -> quotas.stream(principal("long"))).doesNotThrowAnyException();
    }

    @Test
    void aStreamThatWasRefused_doesNotCount() {
        Runnable end = quotas.stream(principal("one"));
        assertThatThrownBy(() -> quotas.stream(principal("one"))).isInstanceOf(Failure.class);

        end.run();

        assertThatCode(() -> quotas.stream(principal("one"))).doesNotThrowAnyException();
    }
}
