package io.eventsync.client.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Pattern;

/** The rule of {@code webhook-id}. */
final class WebhookIds {
    private static final String PLAIN = "evt_";
    private static final Pattern PLAIN_ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private WebhookIds() {}

    static boolean isBatch(String webhookId) {
        return webhookId.startsWith("bat_");
    }

    static String of(String eventId) {
        if (PLAIN_ID.matcher(eventId).matches()) {
            return PLAIN + eventId;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(eventId.getBytes(UTF_8));
            return "evh_" + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The event's id, or empty if only its hash is there. */
    static String eventId(String webhookId) {
        return webhookId.startsWith(PLAIN) ? webhookId.substring(PLAIN.length()) : "";
    }
}
