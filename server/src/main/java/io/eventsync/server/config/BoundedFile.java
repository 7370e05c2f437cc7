package io.eventsync.server.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads small UTF-8 files that people name, and says in words why one cannot be read. */
final class BoundedFile {
    private BoundedFile() {}

    static String read(Path file, int bytesMax) throws UnreadableException {
        if (Files.isDirectory(file)) {
            throw new UnreadableException("is a folder, not a file");
        }
        if (!Files.exists(file)) {
            throw new UnreadableException("does not exist");
        }
        if (!Files.isRegularFile(file)) {
            throw new UnreadableException("is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(bytesMax + 1);
            if (bytes.length > bytesMax) {
                throw new UnreadableException("is larger than " + ByteText.print(bytesMax));
            }
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new UnreadableException("is not UTF-8 text");
        } catch (AccessDeniedException e) {
            throw new UnreadableException("cannot be read: permission denied");
        } catch (IOException e) {
            throw new UnreadableException("cannot be read: " + e.getMessage());
        }
    }

    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1;

        private final String detail;

        UnreadableException(String detail) {
            super(detail);
            this.detail = detail;
        }

        String detail() {
            return detail;
        }
    }
}
