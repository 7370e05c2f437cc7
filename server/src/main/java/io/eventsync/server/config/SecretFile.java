package io.eventsync.server.config;

import io.eventsync.server.config.BoundedFile.UnreadableException;
import io.eventsync.server.config.ConfigException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;

/** A value kept in a file of its own, readable by its owner only. */
public final class SecretFile {
    private static final int BYTES_MAX = 64 * 1024;
    private static final Set<PosixFilePermission> OTHERS_READ =
            Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

    private SecretFile() {}

    /** For a file that nobody named but that stands in for the value of {@code key}. */
    public static String read(String key, Path file) {
        try {
            return read(file);
        } catch (UnreadableException e) {
            throw new ConfigException(List.of(new Problem(key, file.toString(), e.detail())));
        }
    }

    static String read(Path file) throws UnreadableException {
        String text = BoundedFile.read(file, BYTES_MAX);
        if (isReadByOthers(file)) {
            throw new UnreadableException("can be read by group or others; run: chmod 600 " + file);
        }
        String value = withoutLineEnd(text);
        if (value.isEmpty()) {
            throw new UnreadableException("is empty");
        }
        return value;
    }

    /** Editors and echo end a file with a line end that is no part of the secret, and a variable made from the file has it. */
    static String withoutLineEnd(String text) {
        return text.replaceFirst("\\r?\\n\\z", "");
    }

    private static boolean isReadByOthers(Path file) throws UnreadableException {
        try {
            return Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS_READ::contains);
        } catch (UnsupportedOperationException e) {
            return false; // This file system has no such modes.
        } catch (IOException e) {
            throw new UnreadableException("has permissions that cannot be read");
        }
    }
}
