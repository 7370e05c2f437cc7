package io.eventsync.server.cli;

import static java.util.stream.Collectors.joining;

import io.eventsync.server.cli.CommandTree.Output;
import io.eventsync.server.config.SettingsLoader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What was typed.
 *
 * @param command the subcommand with its parents, such as {@code migrate up}
 * @param flags by name without dashes, the unknown ones too
 * @param word what followed the command, if it takes something
 */
record Invocation(
        String command, Map<String, String> flags, Optional<String> config, Optional<String> word, boolean isJson) {

    static Invocation of(ParseResult result) {
        List<CommandLine> levels = result.asCommandLineList();
        CommandLine last = levels.get(levels.size() - 1);
        if (levels.size() > 1 && !last.getSubcommands().isEmpty()) {
            throw new ParameterException(
                    last,
                    last.getCommandName() + " needs one of: "
                            + String.join(", ", last.getSubcommands().keySet()));
        }
        Map<String, String> flags = new LinkedHashMap<>();
        Optional<String> config = Optional.empty();
        Optional<String> word = Optional.empty();
        boolean isJson = false;
        for (CommandLine level : levels) {
            for (OptionSpec option : level.getParseResult().matchedOptions()) {
                switch (option.names()[0]) {
                    case CommandTree.CONFIG_FLAG -> config = Optional.of(String.valueOf(option.<Object>getValue()));
                    case "-o" -> isJson = option.getValue() == Output.JSON;
                    default -> flags.put(option.names()[0].substring(2), String.valueOf(option.<Object>getValue()));
                }
            }
            for (PositionalParamSpec positional : level.getParseResult().matchedPositionals()) {
                word = Optional.ofNullable(positional.getValue());
            }
            addUnknown(level, flags);
        }
        return new Invocation(command(levels), flags, config, word, isJson);
    }

    Optional<Path> configFile(Map<String, String> env) {
        return config.or(() -> Optional.ofNullable(env.get(SettingsLoader.CONFIG_FILE_ENV)))
                .filter(path -> !path.isEmpty())
                .map(Path::of);
    }

    private static String command(List<CommandLine> levels) {
        String typed = levels.stream().skip(1).map(CommandLine::getCommandName).collect(joining(" "));
        return typed.isEmpty() ? CommandTree.SERVE : typed;
    }

    /** The loader names unknown flags along with every other problem. What follows one is taken for its value. */
    private static void addUnknown(CommandLine level, Map<String, String> flags) {
        boolean isAfterFlag = false;
        for (String word : level.getParseResult().unmatched()) {
            if (word.startsWith("--") && word.length() > 2) {
                int equals = word.indexOf('=');
                flags.put(word.substring(2, equals < 0 ? word.length() : equals), "");
                isAfterFlag = equals < 0;
            } else if (isAfterFlag) {
                isAfterFlag = false;
            } else {
                throw new ParameterException(level, "unexpected argument '" + word + "'");
            }
        }
    }
}
