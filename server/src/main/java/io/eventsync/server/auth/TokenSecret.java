package io.eventsync.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text that an API token's owner holds: {@code est_<id>_<random>}. The id finds the row; of the whole text the database has a SHA-256
 * only, which is enough for 256 random bits.
 *
 * @param id 16 characters, public
 * @param text all of it, secret
 */
record TokenSecret(String id, String text) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern FORM = Pattern.compile("est_([A-Za-z0-9-]{16})_[A-Za-z0-9_-]{43}");
    private static final int ID_BYTES = 12;
    private static final int SECRET_BYTES = 32;

    static TokenSecret random() {
        // No underscore in the id: it ends there.
        String id = text(ID_BYTES).replace('_', 'x');
        return new TokenSecret(id, "est_" + id + "_" + text(SECRET_BYTES));
    }

    /** Empty if the text has not the form of an API token; a JWT has two dots. */
    static Optional<TokenSecret> parse(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches() ? Optional.of(new TokenSecret(form.group(1), text)) : Optional.empty();
    }

    byte[] hash() {
        return hash(text);
    }

    static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static String text(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    @Override
    public String toString() {
        return "TokenSecret[id=" + id + "]";
    }
}
