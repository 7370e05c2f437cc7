package io.eventsync.server.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MigrationIndexTest {
    private static final Path FOLDER = Path.of("src", "main", "resources", "db", "migration");

    @Test
    void index_namesEveryFileOfTheFolder_inOrder() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<String> sqlFiles = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".sql"))
                    .sorted()
                    .toList();

            assertThat(MigrationFiles.names("/db/migration")).containsExactlyElementsOf(sqlFiles);
        }
    }

    @Test
    void migrations_areNumberedWithoutGaps() {
        assertThatCode(Migrations::load).doesNotThrowAnyException();
        assertThatThrownBy(() -> Migrations.of(List.of(Migration.fromFile("V0002__late.sql", ""))))
                .hasMessageContaining("expected migration number 1");
    }

    @Test
    void fileName_isRefused_whenItDoesNotFollowThePattern() {
        assertThatThrownBy(() -> Migration.fromFile("V1_create.sql", ""))
                .hasMessageContaining("V1_create.sql")
                .hasMessageContaining("V0001__create_log.sql");
        assertThat(Migration.fromFile("V0012__add_tag.sql", "select 1;").fileName())
                .isEqualTo("V0012__add_tag.sql");
    }

    @Test
    void checksum_isTheSame_whenOnlyLineEndsDiffer() {
        Migration unix = Migration.fromFile("V0001__a.sql", "select 1;\nselect 2;\n");
        Migration windows = Migration.fromFile("V0001__a.sql", "select 1;\r\nselect 2;\r\n");

        assertThat(windows.checksum()).isEqualTo(unix.checksum()).hasSize(64);
    }
}
