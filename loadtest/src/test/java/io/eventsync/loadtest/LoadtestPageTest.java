package io.eventsync.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each command of docs/LOADTEST.md is one that the tool takes. */
class LoadtestPageTest {

    private static final Path PAGE = Path.of("../docs/LOADTEST.md");
    private static final Pattern BLOCK = Pattern.compile("(?s)```sh\\n(.*?)```");
    private static final Pattern COMMAND =
            Pattern.compile("(?m)^(?:lt|sudo java -jar loadtest/target/eventsync-loadtest.jar) (.*)$");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

    static List<String> commands() throws IOException {
        List<String> commands = BLOCK.matcher(Files.readString(PAGE))
                .results()
                .flatMap(block -> COMMAND.matcher(block.group(1)).results())
                .map(command -> command.group(1))
                .toList();
        assertThat(commands).hasSizeGreaterThan(20);
        return commands;
    }

    @ParameterizedTest
    @MethodSource("commands")
    void command_isTaken(String command) {
        // Without a comment, where the output goes, and the numbers of processes.
        String alone = command.replaceAll("\\s+(#|>|&).*", "").replaceAll("\"\\$\\(pgrep [^\"]*\\)\"", "1");
        String[] words =
                WORD.matcher(alone).results().map(LoadtestPageTest::word).toArray(String[]::new);

        assertThatCode(() -> Main.commandLine().parseArgs(words)).doesNotThrowAnyException();
    }

    private static String word(MatchResult found) {
        return Stream.of(1, 2, 3)
                .map(found::group)
                .filter(text -> text != null)
                .findFirst()
                .orElseThrow();
    }
}
