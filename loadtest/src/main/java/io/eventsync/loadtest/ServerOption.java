package io.eventsync.loadtest;

import io.eventsync.loadtest.rpc.Target;
import picocli.CommandLine.Option;

/** Which server, for every command that talks to one. */
public final class ServerOption {

    @Option(
            names = "--target",
            paramLabel = "HOST:PORT",
            converter = TargetText.class,
            description = "The server (default localhost:7300).")
    private Target target = new Target("localhost", 7300);

    public Target target() {
        return target;
    }
}
