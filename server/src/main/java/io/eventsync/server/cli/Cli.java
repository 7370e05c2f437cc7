package io.eventsync.server.cli;

import io.eventsync.server.ServerConfig;
import io.eventsync.server.config.ConfigException;
import io.eventsync.server.config.Printable;
import io.eventsync.server.config.Settings;
import io.eventsync.server.config.SettingsLoader;
import io.eventsync.server.logging.LoggingSetup;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** From arguments to an exit code. Data goes to {@code out}, notices to {@code err}. */
public final class Cli {
    private final Map<String, String> env;
    private final PrintWriter out;
    private final PrintWriter err;
    private final Supplier<Commands> commands;

    /** @param commands asked once logging is set up, so that its classes may have loggers */
    public Cli(Map<String, String> env, PrintWriter out, PrintWriter err, Supplier<Commands> commands) {
        this.env = Map.copyOf(env);
        this.out = out;
        this.err = err;
        this.commands = commands;
    }

    public int run(String... args) {
        CommandLine line = CommandTree.create().setOut(out).setErr(err);
        try {
            ParseResult parsed = line.parseArgs(args);
            Integer helped = CommandLine.executeHelpRequest(parsed);
            return helped != null ? helped : run(Invocation.of(parsed));
        } catch (ParameterException e) {
            return refuse(Printable.escape(String.valueOf(e.getMessage())) + System.lineSeparator() + "Try --help.");
        } catch (ConfigException e) {
            return refuse(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // Left to fly it would end this thread only, and threads already started would keep the process alive.
            e.printStackTrace(err);
            return ExitCode.FAILED;
        }
    }

    private int run(Invocation invocation) {
        if (invocation.command().equals(CommandTree.COMPLETION)) {
            out.println(CommandTree.completion());
            return ExitCode.OK;
        }
        if (invocation.command().equals(CommandTree.ERRORS)) {
            return errors(invocation.word());
        }
        LoggingSetup.beforeSettings();
        Settings settings =
                SettingsLoader.load(ServerConfig.SETTINGS, invocation.flags(), env, invocation.configFile(env));
        ServerConfig config = ServerConfig.from(settings);
        if (invocation.command().equals(CommandTree.CONFIG_PRINT)) {
            ConfigPrinter.print(settings, invocation.isJson(), out);
            return ExitCode.OK;
        }
        LoggingSetup.apply(config.logging());
        Commands target = commands.get();
        return switch (invocation.command()) {
            case CommandTree.SERVE -> target.serve(config);
            case CommandTree.DOCTOR -> target.doctor(config);
            case CommandTree.MIGRATE_UP -> target.migrateUp(config.postgres());
            case CommandTree.MIGRATE_STATUS -> target.migrateStatus(config.postgres());
            case CommandTree.MIGRATE_VERIFY -> target.migrateVerify(config.postgres());
            default -> throw new IllegalStateException("no such command: " + invocation.command());
        };
    }

    private int errors(Optional<String> reason) {
        ErrorsPage page = ErrorsPage.load();
        if (reason.isEmpty()) {
            page.reasons().forEach(out::println);
            return ExitCode.OK;
        }
        Optional<String> text = page.about(reason.get());
        if (text.isEmpty()) {
            return refuse("no such reason: " + Printable.escape(reason.get())
                    + page.nearest(reason.get())
                            .map(near -> "; did you mean " + near + "?")
                            .orElse(""));
        }
        out.println(text.get());
        return ExitCode.OK;
    }

    private int refuse(String reason) {
        err.println("eventsync: " + reason);
        return ExitCode.USAGE;
    }
}
