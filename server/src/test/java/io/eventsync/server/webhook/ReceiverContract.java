package io.eventsync.server.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.server.webhook.SampleWebhooks.Sample;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each receiver of docs/WEBHOOKS.md has to do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ReceiverContract {
    private static final SigningKey KEY = SampleWebhooks.key(SampleWebhooks.SECRET);
    private static final SigningKey OTHER = SigningKeys.generateHmac(1);

    private ReceiverProcess receiver;

    /** Takes the receiver out of the page and starts it; skips its tests where it cannot run. */
    abstract ReceiverProcess start(Path folder);

    @BeforeAll
    void startReceiver(@TempDir Path folder) {
        receiver = start(folder);
    }

    @AfterAll
    void stopReceiver() {
        if (receiver != null) {
            receiver.close();
        }
    }

    private void assertTaken(Sample sample) throws IOException, InterruptedException {
        assertThat(receiver.post(sample)).isBetween(200, 299);
    }

    private void assertRefused(Sample sample) throws IOException, InterruptedException {
        assertThat(receiver.post(sample)).isBetween(400, 499);
    }

    @Test
    void event_isTaken() throws IOException, InterruptedException {
        assertTaken(SampleWebhooks.sent("taken", 0, KEY));

        assertThat(receiver.handledUntil("evt_taken")).endsWith("handled evt_taken");
    }

    @Test
    void event_isHandledOnce_whenItComesTwice() throws IOException, InterruptedException {
        assertTaken(SampleWebhooks.sent("before", 0, KEY));
        Object unused = receiver.handledUntil("evt_before");

        assertTaken(SampleWebhooks.sent("twice", 3, KEY));
        assertTaken(SampleWebhooks.sent("twice", 0, KEY));
        assertTaken(SampleWebhooks.sent("after", 0, KEY));

        assertThat(receiver.handledUntil("evt_after")).containsExactly("handled evt_twice", "handled evt_after");
    }

    @Test
    void event_isTaken_whenAnyOfTheSignaturesIsRight() throws IOException, InterruptedException {
        SigningKey old = SampleWebhooks.rotated(SampleWebhooks.SECRET);
        SigningKey ed25519 = SigningKeys.generateEd25519(2);

        Sample sample = SampleWebhooks.sent("rotation", 0, ed25519, OTHER, old);

        assertThat(sample.header("webhook-signature")).matches("v1a,\\S+ v1,\\S+ v1,\\S+");
        assertTaken(sample);
    }

    @Test
    void event_isNotHandled_whenNothingIsRight() throws IOException, InterruptedException {
        Sample good = SampleWebhooks.sent("tampered", 0, KEY);
        String other = new String(good.body(), UTF_8).replace("12.50", "99.50");

        assertRefused(good.withBody(other.getBytes(UTF_8)));
        assertRefused(SampleWebhooks.sent("tampered", 0, OTHER));
        assertTaken(SampleWebhooks.sent("untampered", 0, KEY));

        assertThat(receiver.handledUntil("evt_untampered")).doesNotContain("handled evt_tampered");
    }

    @ParameterizedTest
    @ValueSource(longs = {310, -310, 1_000_000_000})
    void event_isRefused_whenItsTimeIsFarOff(long secondsAgo) throws IOException, InterruptedException {
        assertRefused(SampleWebhooks.sent("late", secondsAgo, KEY));
    }

    @ParameterizedTest
    @ValueSource(longs = {290, -290})
    void event_isTaken_whenItsTimeIsALittleOff(long secondsAgo) throws IOException, InterruptedException {
        assertTaken(SampleWebhooks.sent("slow" + secondsAgo, secondsAgo, KEY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"webhook-id", "webhook-timestamp", "webhook-signature"})
    void request_isRefused_whenAHeaderIsMissing(String header) throws IOException, InterruptedException {
        assertRefused(SampleWebhooks.sent("missing", 0, KEY).without(header));
    }
}
