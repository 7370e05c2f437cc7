package io.eventsync.loadtest;

import io.eventsync.loadtest.rpc.Security;
import io.eventsync.loadtest.rpc.Target;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server, for every command that talks to one. */
public final class ServerOption {

    @Option(
            names = "--target",
            paramLabel = "HOST:PORT",
            converter = TargetText.class,
            description = "The server (default localhost:7300).")
    private Target target = new Target("localhost", 7300);

    @Option(names = "--tls", description = "Calls it by TLS.")
    private boolean isTls;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "By TLS, trusting the certificates of this PEM file only.")
    private @Nullable Path trusted;

    @Option(
            names = "--token",
            defaultValue = "${env:EVENTSYNC_TOKEN:-}",
            paramLabel = "TOKEN",
            description = "Bearer token of each call (default: the environment's EVENTSYNC_TOKEN, else none).")
    private @Nullable String token;

    public Target target() {
        return target.with(security());
    }

    /** For servers that are named elsewhere. */
    public Security security() {
        return new Security(
                isTls || trusted != null,
                Optional.ofNullable(trusted),
                Optional.ofNullable(token).filter(text -> !text.isBlank()));
    }
}
