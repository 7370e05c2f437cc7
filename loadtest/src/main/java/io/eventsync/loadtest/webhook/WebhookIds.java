package io.eventsync.loadtest.webhook;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Pattern;

/** What {@code webhook-id} has to be, worked out apart from the server. */
final class WebhookIds {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private WebhookIds() {}

    static String of(String eventId) {
        if (PLAIN.matcher(eventId).matches()) {
            return "evt_" + eventId;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(eventId.getBytes(StandardCharsets.UTF_8));
            return "evh_" + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
