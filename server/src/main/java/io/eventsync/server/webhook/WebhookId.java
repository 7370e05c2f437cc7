package io.eventsync.server.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What {@code webhook-id} says: the same for every attempt and replay of an event, so that receivers can tell repetitions. Without
 * dots, which separate the parts of what is signed, and without anything that a header cannot carry.
 */
public final class WebhookId {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private WebhookId() {}

    /** Holds the event's id if it is plain, else its hash. The two kinds never meet. */
    public static String of(String eventId) {
        return PLAIN.matcher(eventId).matches() ? "evt_" + eventId : "evh_" + hash(eventId);
    }

    /** Of a whole request; the same for the same events in the same order. */
    public static String ofBatch(List<String> webhookIds) {
        return "bat_" + hash(String.join(".", webhookIds));
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
