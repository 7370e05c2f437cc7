package io.eventsync.server.postgres;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file Postgres writes to itself, so that its last words survive our death. Bounded by copying it aside and cutting
 * it to nothing; lines written between the two are lost.
 */
final class PostgresLog {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresLog.class);
    private static final int TAIL_BYTES = 4096;
    private static final int LINES_MAX = 4;
    private static final int FATAL_LINES_MAX = 1;

    private final Path file;
    private final long bytesMax;

    PostgresLog(Path file, long bytesMax) {
        this.file = file;
        this.bytesMax = bytesMax;
    }

    /** Appending, also after the file was cut. Created here because it can quote events: nobody else may read it. */
    ProcessBuilder.Redirect redirect() throws IOException {
        bound();
        FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), Folders.mode("rw-------"))
                .close();
        return ProcessBuilder.Redirect.appendTo(file.toFile());
    }

    void bound() {
        try {
            if (Files.exists(file) && Files.size(file) > bytesMax) {
                Path older = file.resolveSibling(file.getFileName() + ".1");
                Files.copy(file, older, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
                FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                        .close();
            }
        } catch (IOException e) {
            LOG.warn("postgres log not shortened, tried again later file={} reason={}", file, e.toString());
        }
    }

    /** Why Postgres ended, for an error message: its last fatal lines, or its last lines when none was. */
    String lastWords() {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.position(Math.max(0, channel.size() - TAIL_BYTES));
            byte[] bytes = Channels.newInputStream(channel).readNBytes(TAIL_BYTES);
            List<String> lines =
                    new String(bytes, StandardCharsets.UTF_8).lines().toList();
            List<String> fatal = lines.stream()
                    .filter(line -> line.contains("FATAL:") || line.contains("PANIC:"))
                    .toList();
            return fatal.isEmpty() ? last(lines, LINES_MAX) : last(fatal, FATAL_LINES_MAX);
        } catch (IOException e) {
            return "nothing readable (" + e + ")";
        }
    }

    private static String last(List<String> lines, int count) {
        return String.join("; ", lines.subList(Math.max(0, lines.size() - count), lines.size()));
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
