package io.eventsync.server;

import io.eventsync.server.cli.Cli;
import io.eventsync.server.cli.ServerCommands;
import java.io.PrintWriter;
import java.nio.charset.Charset;

/** The process. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, Charset.defaultCharset());
        PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
        // A supplier, because the commands have loggers and logging is settled first.
        int code = new Cli(System.getenv(), out, err, ServerCommands::new).run(args);
        System.exit(code);
    }
}
