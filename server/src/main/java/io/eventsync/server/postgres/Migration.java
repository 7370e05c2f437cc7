package io.eventsync.server.postgres;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One step of the schema, from a file named like {@code V0001__create_log.sql}. */
public record Migration(int version, String name, String sql) {
    private static final Pattern FILE_NAME = Pattern.compile("V(\\d{4})__([a-z0-9_]+)\\.sql");

    static Migration fromFile(String fileName, String content) {
        Matcher matcher = FILE_NAME.matcher(fileName);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "a migration is named like V0001__create_log.sql, this one is named " + fileName);
        }
        // A checkout that writes Windows line ends must not look like a changed file.
        String sql = content.replace("\r\n", "\n");
        return new Migration(Integer.parseInt(matcher.group(1)), matcher.group(2), sql);
    }

    /** SHA-256 of the statements, in hex. */
    public String checksum() {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(sql.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    public String fileName() {
        return String.format("V%04d__%s.sql", version, name);
    }

    @Override
    public String toString() {
        return fileName();
    }
}
