package io.eventsync.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.eventsync.loadtest.TestCli;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final String RESULTS = """
            {"bench":"ingest","target":"a:1","in_flight":1,"events_per_s":4343,"p50_ms":0.8,"p99_ms":3.4}
            some words in between
            {"bench":"ingest","target":"a:1","in_flight":256,"events_per_s":43235,"p50_ms":4.8,"p99_ms":53.0}
            {"bench":"latency <&>","rate":100.0,"events_per_s":100,"p50_ms":5.1,"p99_ms":55.3,"failures":{}}
            {"other":1}
            """;

    @TempDir
    Path folder;

    @Test
    void report_isAPageAChartAndData() throws Exception {
        Path results = Files.writeString(folder.resolve("bench.jsonl"), RESULTS);

        TestCli.Outcome outcome = TestCli.plain(
                "report", results.toString(), "--out", folder.toString(), "--name", "monday", "--output", "json");

        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.result().get("results").asInt()).isEqualTo(3);
        assertThat(Files.readString(folder.resolve("monday.md")))
                .contains("![Events a second and latency](monday.svg)")
                .contains("## ingest\n\ntarget `a:1`\n\n| in_flight | events_per_s | p50_ms | p99_ms |")
                .contains("| 256 | 43235 | 4.8 | 53.0 |")
                .contains("## latency <&>\n\nrate `100.0`");
        assertThat(new ObjectMapper()
                        .readTree(folder.resolve("monday.json").toFile())
                        .get("results"))
                .hasSize(3);
        String svg = Files.readString(folder.resolve("monday.svg"));
        assertThat(svg).contains(">ingest in_flight=256<", ">43,235<", "latency &lt;&amp;&gt;");
        assertThat(elements(svg, "rect")).isEqualTo(1 + 3 * 3);
    }

    @Test
    void report_drawsGrowth_byTheSizeOfTheLog() throws Exception {
        Path results = Files.writeString(folder.resolve("growth.jsonl"), """
                {"bench":"growth","log_events":10000,"events_per_s":40000,"page_ms":4.0,"unsent":0,"restart_ms":900.0}
                {"bench":"growth","log_events":1000000,"events_per_s":39000,"page_ms":4.5}
                """);

        TestCli.Outcome outcome =
                TestCli.plain("report", results.toString(), "--out", folder.toString(), "--output", "json");

        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(Files.readString(folder.resolve("report.md")))
                .contains("(report-growth.svg)", "| 1000000 | 39000 |");
        String svg = Files.readString(folder.resolve("report-growth.svg"));
        assertThat(svg).contains(">page_ms<", ">restart_ms<", ">1,000,000<", "points=\"40.0,50.0 260.0,40.0\"");
        assertThat(elements(svg, "polyline")).isEqualTo(3);
        assertThat(elements(svg, "circle")).isEqualTo(5);
    }

    @Test
    void report_drawsEachBench_byTheParameterAskedFor() throws Exception {
        Path results = Files.writeString(folder.resolve("more.jsonl"), """
                {"bench":"subscribe","subscribers":1,"p50_ms":1.0}
                {"bench":"subscribe","subscribers":1000,"p50_ms":2.0}
                {"bench":"hooks/all","subscribers":10,"p50_ms":3.0}
                {"bench":"hooks/all","subscribers":100,"p50_ms":6.0}
                {"bench":"ingest","in_flight":1,"p50_ms":0.8}
                {"bench":"ingest","in_flight":2,"p50_ms":0.9}
                {"bench":"sync","subscribers":5,"p50_ms":0.8}
                """);

        TestCli.Outcome outcome = TestCli.plain(
                "report", results.toString(), "--out", folder.toString(), "--by", "subscribers", "--output", "json");

        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.result().get("line_charts")).hasSize(2);
        assertThat(Files.readString(folder.resolve("report.md")))
                .contains("(report-subscribe.svg)", "(report-hooks_all.svg)")
                .doesNotContain("report-ingest.svg", "report-sync.svg");
        assertThat(Files.readString(folder.resolve("report-subscribe.svg"))).contains(">1,000<", ">p50_ms<");
        assertThat(folder.resolve("report-hooks_all.svg")).exists();
    }

    @Test
    void report_isRefused_whenAFileIsNoResult() throws IOException {
        Path cut = Files.writeString(folder.resolve("cut.jsonl"), "{\"bench\":\"ingest\",\n");
        Path empty = Files.writeString(folder.resolve("empty.jsonl"), "");

        assertThat(TestCli.plain("report", cut.toString()).err()).contains("cut.jsonl:1: not a JSON object");
        assertThat(TestCli.plain("report", cut.toString()).exitCode()).isEqualTo(2);
        assertThat(TestCli.plain("report", "no-such-file").exitCode()).isEqualTo(2);
        assertThat(TestCli.plain("report", empty.toString()).exitCode()).isEqualTo(1);
    }

    private static int elements(String svg, String name) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
                .getElementsByTagName(name)
                .getLength();
    }
}
