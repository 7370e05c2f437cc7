package io.eventsync.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventsync.loadtest.Main;
import io.eventsync.server.TestServer;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** The load tester's JSON is what this server takes. */
@Timeout(60)
class HttpBenchIT {
    @Test
    void httpIsMeasuredBesideGrpc_withEventsThatAreStored() {
        try (TestServer server = TestServer.start()) {
            StringWriter out = new StringWriter();
            CommandLine tool = Main.commandLine();
            tool.setOut(new PrintWriter(out));

            int exit = tool.execute(
                    "bench",
                    "ingest",
                    "--http",
                    "--rounds=1",
                    "--warmup=200ms",
                    "--duration=1s",
                    "--in-flight=8",
                    "--output=json",
                    "--target=127.0.0.1:" + server.port());

            assertThat(exit).as(out.toString()).isZero();
            String[] lines = out.toString().strip().split("\n", -1);
            JsonObject byHttp = new JsonObject(lines[1]);
            JsonObject summary = new JsonObject(lines[2]);
            assertThat(byHttp.getString("bench")).isEqualTo("http");
            assertThat(byHttp.getLong("failed")).isZero();
            assertThat(summary.getString("bench")).isEqualTo("http/grpc");
            assertThat(summary.getDouble("http_events_per_s")).isPositive();
            assertThat(summary.getDouble("rate_ratio")).isPositive();
            assertThat(server.storedEvents()).isGreaterThan(byHttp.getLong("events"));
        }
    }
}
