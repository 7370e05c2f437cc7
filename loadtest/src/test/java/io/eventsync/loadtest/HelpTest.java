package io.eventsync.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class HelpTest {
    static Stream<CommandSpec> commands() {
        return withSubcommands(Main.commandLine());
    }

    private static Stream<CommandSpec> withSubcommands(CommandLine command) {
        return Stream.concat(
                Stream.of(command.getCommandSpec()),
                command.getSubcommands().values().stream().flatMap(HelpTest::withSubcommands));
    }

    /** picocli formats these texts, and where it cannot it warns on the user's terminal. */
    @ParameterizedTest
    @MethodSource("commands")
    void texts_areFormats(CommandSpec command) {
        Stream.of(command.usageMessage().description(), command.usageMessage().footer())
                .flatMap(Stream::of)
                .forEach(text -> assertThatCode(() -> String.format(text))
                        .as(command.qualifiedName())
                        .doesNotThrowAnyException());
        // These come formatted, or as they are if that failed.
        assertThat(command.args())
                .flatExtracting(arg -> List.of(arg.description()))
                .allSatisfy(text -> assertThat(text).doesNotContain("%%"));
    }
}
