package io.eventsync.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresLogTest {
    @Test
    void bound_movesTheLinesAside_whenTheFileIsTooLong(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("postgres.log"), "one\ntwo\nthree\n");

        new PostgresLog(file, 100).bound();
        assertThat(file).hasContent("one\ntwo\nthree\n");
        new PostgresLog(file, 10).bound();

        assertThat(file).isEmptyFile();
        assertThat(folder.resolve("postgres.log.1")).hasContent("one\ntwo\nthree\n");
    }

    @Test
    void lastWords_areTheFatalLine_elseTheEnd(@TempDir Path folder) throws IOException {
        Path quiet = Files.writeString(folder.resolve("quiet.log"), "one\ntwo\nthree\nfour\nfive\n");
        Path fatal = Files.writeString(folder.resolve("fatal.log"), "FATAL:  disk full\nLOG:  bye\n");

        assertThat(new PostgresLog(quiet, 100).lastWords()).isEqualTo("two; three; four; five");
        assertThat(new PostgresLog(fatal, 100).lastWords()).isEqualTo("FATAL:  disk full");
    }
}
