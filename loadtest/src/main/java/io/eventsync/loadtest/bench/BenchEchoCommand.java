package io.eventsync.loadtest.bench;

import io.eventsync.loadtest.Interruption;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "echo",
        mixinStandardHelpOptions = true,
        description =
                "The load of bench ingest against a server that stores nothing, started for this in a JVM of its own:"
                        + " what the gRPC stack alone does on this machine. --target and --server-pid do not apply.",
        footer = {"", "Example:", "  bench echo --in-flight 256 --duration 5s"})
final class BenchEchoCommand implements Callable<Integer> {

    @Mixin
    CommonOptions common = new CommonOptions();

    @Mixin
    LoadOptions load = new LoadOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        LoadRun run = new LoadRun(common, load, LoadMode.INGEST);
        try (EchoProcess echo = EchoProcess.start();
                Interruption interruption = Interruption.stopping(run::stop)) {
            Map<String, Object> result = run.measure("echo", echo.target(), echo.pids());
            common.output.print(result, spec.commandLine().getOut());
            return BenchLoad.exitCode(result);
        }
    }
}
