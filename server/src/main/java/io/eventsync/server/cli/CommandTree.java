package io.eventsync.server.cli;

import io.eventsync.server.ServerConfig;
import io.eventsync.server.config.Setting;
import io.eventsync.server.config.SettingsLoader;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ScopeType;

/** The subcommands and their flags. Flags come from the settings, so neither is written twice. */
final class CommandTree {
    static final String NAME = "eventsync";
    static final String SERVE = "serve";
    static final String MIGRATE_UP = "migrate up";
    static final String MIGRATE_STATUS = "migrate status";
    static final String MIGRATE_VERIFY = "migrate verify";
    static final String CONFIG_PRINT = "config print";
    static final String DOCTOR = "doctor";
    static final String ERRORS = "errors";
    static final String COMPLETION = "completion";
    static final String CONFIG_FLAG = "--config";
    static final String OUTPUT_FLAG = "--output";

    private CommandTree() {}

    static CommandLine create() {
        CommandSpec root = command("Run the event log server (the same as serve), or one of the commands below.")
                .name(NAME)
                .version(NAME + " " + Version.read())
                .addSubcommand("serve", command("Run the server until it is told to stop."))
                .addSubcommand("migrate", migrate())
                .addSubcommand("config", config())
                .addSubcommand(
                        "doctor",
                        command(
                                "Look whether the server would work here with these settings: Java, limits, ports, database,"
                                        + " clock, schema. Says what to do if not, and then ends with "
                                        + ExitCode.UNFIT + "."))
                .addSubcommand("errors", errors())
                .addSubcommand(
                        "completion",
                        command("Print a script that lets bash and zsh complete these commands and flags:"
                                + " source <(eventsync completion)."));
        root.usageMessage()
                .footer(
                        "",
                        "What is set by flag wins over the environment, that over the config file, that over defaults.");
        root.addOption(OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Show the version.")
                .build());
        addInherited(root);
        // Left to Invocation: the message here would repeat the value, which may be a password under a mistyped name.
        return new CommandLine(root).setUnmatchedArgumentsAllowed(true);
    }

    private static CommandSpec migrate() {
        return command("Work on the tables of the database.")
                .addSubcommand("up", command("Bring the tables to the version this server needs."))
                .addSubcommand("status", command("Show which migrations have run and which have not."))
                .addSubcommand("verify", command("Check that the migrations that ran are the ones known here."));
    }

    private static CommandSpec config() {
        CommandSpec print = command("Show every setting, its value and where that came from; secrets are hidden.");
        print.addOption(OptionSpec.builder("-o", OUTPUT_FLAG)
                .paramLabel("table|json")
                .type(Output.class)
                .description("Form of the output (default table).")
                .build());
        return command("Look at the configuration.").addSubcommand("print", print);
    }

    private static CommandSpec errors() {
        CommandSpec errors = command("Show what the reason of an error means and what to do, or all reasons.");
        errors.addPositional(PositionalParamSpec.builder()
                .paramLabel("REASON")
                .arity("0..1")
                .type(String.class)
                .completionCandidates(ErrorsPage.load().reasons())
                .description("Such as CURSOR_EXPIRED.")
                .build());
        return errors;
    }

    /** For bash and zsh. */
    static String completion() {
        return AutoComplete.bash(NAME, create());
    }

    private static CommandSpec command(String description) {
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage()
                .description(description)
                .abbreviateSynopsis(true)
                .sortOptions(false)
                .width(110);
        spec.parser().caseInsensitiveEnumValuesAllowed(true);
        return spec;
    }

    private static void addInherited(CommandSpec root) {
        root.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .scopeType(ScopeType.INHERIT)
                .description("Show this help.")
                .build());
        root.addOption(OptionSpec.builder(CONFIG_FLAG)
                .paramLabel("<path>")
                .type(String.class)
                .scopeType(ScopeType.INHERIT)
                .description("Config file, .yaml or .properties (env " + SettingsLoader.CONFIG_FILE_ENV + ").")
                .build());
        for (Setting<?> setting : ServerConfig.SETTINGS) {
            root.addOption(option(setting));
            setting.fileFlag().ifPresent(flag -> root.addOption(fileOption(setting, flag)));
        }
    }

    private static <T> OptionSpec option(Setting<T> setting) {
        String[] names = setting.flags().stream().map(flag -> "--" + flag).toArray(String[]::new);
        OptionSpec.Builder option = OptionSpec.builder(names)
                .paramLabel("<" + setting.label() + ">")
                .scopeType(ScopeType.INHERIT)
                .description(
                        escape(setting.description() + " (" + defaultText(setting) + "env " + setting.env() + ")."));
        // Only a flag typed as boolean may stand without a value and still leave the next word alone.
        return setting.defaultValue() instanceof Boolean
                ? option.type(Boolean.class).arity("0..1").fallbackValue("true").build()
                : option.type(String.class).arity("1").build();
    }

    private static OptionSpec fileOption(Setting<?> setting, String flag) {
        return OptionSpec.builder("--" + flag)
                .paramLabel("<path>")
                .type(String.class)
                .scopeType(ScopeType.INHERIT)
                .description("File holding " + setting.key() + ", readable by its owner only (env " + setting.env()
                        + "_FILE).")
                .build();
    }

    private static <T> String defaultText(Setting<T> setting) {
        String shown = setting.show(setting.defaultValue());
        return shown.isEmpty() ? "" : "default " + shown + ", ";
    }

    /** Descriptions are format strings. */
    private static String escape(String description) {
        return description.replace("%", "%%");
    }

    /** Forms of {@code config print}. */
    enum Output {
        TABLE,
        JSON
    }
}
