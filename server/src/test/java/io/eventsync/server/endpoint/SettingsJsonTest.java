package io.eventsync.server.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.backoff.Backoff;
import io.eventsync.server.endpoint.EndpointSettings.ExhaustedPolicy;
import io.eventsync.server.endpoint.EndpointSettings.Ordering;
import io.eventsync.server.endpoint.EndpointSettings.RateLimit;
import io.eventsync.server.event.EventFilter;
import io.eventsync.server.sync.ExpiredPolicy;
import io.eventsync.server.tag.TagPrefix;
import io.eventsync.server.webhook.SigningKey;
import io.eventsync.server.webhook.WebhookFormat;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SettingsJsonTest {
    private static EndpointSettings settings(Destination destination) {
        return new EndpointSettings(
                "for 人",
                destination,
                new EventFilter(
                        List.of(new TagPrefix("A.B"), new TagPrefix("C")),
                        List.of(new TagPrefix("A.B.X")),
                        Set.of("k1", ""),
                        Map.of("a", "1", "b", "")),
                Ordering.ORDERED_BY_KEY,
                ExhaustedPolicy.BLOCK,
                new RetryPolicy(new Backoff.Exponential(1, 1.5, 86_400_000, 100, 0.25), Set.of(400, 422)),
                Optional.of(new RateLimit(0.001, 10_000)),
                3,
                ExpiredPolicy.SKIP_TO_EARLIEST);
    }

    private static WebhookDestination webhook(Optional<WebhookDestination.Auth> auth) {
        return new WebhookDestination(
                "https://a.example/x?y=1",
                WebhookFormat.STANDARD,
                Map.of("x-b", "2", "x-a", "1"),
                auth,
                Optional.of(new WebhookDestination.CertificateInfo("CN=a", "00ff", 1_700_000_000_000_000L)),
                Duration.ofMillis(1_500),
                Optional.of(new WebhookDestination.Batch(1_000, 4 << 20, Duration.ZERO)),
                List.of(SigningKey.Scheme.HMAC_SHA256, SigningKey.Scheme.ED25519));
    }

    private static EndpointSettings again(EndpointSettings settings) {
        return SettingsJson.decode(new JsonObject(SettingsJson.encode(settings).encode()));
    }

    @Test
    void webhook_comesBack() {
        for (Optional<WebhookDestination.Auth> auth : List.<Optional<WebhookDestination.Auth>>of(
                Optional.empty(),
                Optional.of(new WebhookDestination.Auth(Optional.empty())),
                Optional.of(new WebhookDestination.Auth(Optional.of("user"))))) {
            EndpointSettings settings = settings(webhook(auth));

            assertThat(again(settings)).isEqualTo(settings);
        }
    }

    @Test
    void email_comesBack() {
        for (EmailDestination email : List.of(
                new EmailDestination(List.of("a@b.example", "c@d.example"), "[{tag}]", "{payload}"),
                new EmailDestination(List.of("a@b.example"), "", ""))) {
            EndpointSettings settings = settings(email);

            assertThat(again(settings)).isEqualTo(settings);
        }
    }

    @ParameterizedTest
    @EnumSource(WebhookFormat.class)
    void defaults_comeBack(WebhookFormat format) {
        EndpointSettings settings = new EndpointSettings(
                "",
                new WebhookDestination(
                        "https://a.example/",
                        format,
                        Map.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Duration.ofSeconds(15),
                        Optional.empty(),
                        List.of(SigningKey.Scheme.HMAC_SHA256)),
                EventFilter.ALL,
                Ordering.PARALLEL,
                ExhaustedPolicy.PARK_AND_CONTINUE,
                new RetryPolicy(Backoff.Delays.STANDARD, Set.of()),
                Optional.empty(),
                0,
                ExpiredPolicy.ERROR);

        assertThat(again(settings)).isEqualTo(settings);
    }

    @Test
    void equalSettings_areEqualTexts_whateverTheOrderOfTheirParts() {
        EndpointSettings one = settings(webhook(Optional.empty()));
        EndpointSettings same = settings(webhook(Optional.empty()));

        assertThat(SettingsJson.encode(one).encode())
                .isEqualTo(SettingsJson.encode(same).encode());
    }
}
