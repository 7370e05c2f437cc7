package io.eventsync.server.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the migrations a folder's {@code index} names: a class path inside a jar cannot be listed reliably. */
final class MigrationFiles {
    private MigrationFiles() {}

    static List<Migration> read(String folder) {
        List<Migration> migrations = new ArrayList<>();
        for (String fileName : names(folder)) {
            migrations.add(Migration.fromFile(fileName, text(folder + "/" + fileName)));
        }
        return migrations;
    }

    static List<String> names(String folder) {
        return text(folder + "/index")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    private static String text(String resource) {
        try (InputStream content = MigrationFiles.class.getResourceAsStream(resource)) {
            if (content == null) {
                throw new IllegalStateException("the class path has no " + resource);
            }
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
