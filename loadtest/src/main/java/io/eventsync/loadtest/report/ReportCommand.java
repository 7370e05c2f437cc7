package io.eventsync.loadtest.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.eventsync.loadtest.OutputOption;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description =
                "Makes a Markdown page, a JSON file and an SVG chart out of what benches printed with --output json. Results of"
                        + " one bench share a table; what differs between them is a column. A bench with more than one value of --by"
                        + " gets a chart of every figure by it, NAME-BENCH.svg, besides.",
        footer = {
            "",
            "Example:",
            "  bench ingest --output json > bench.jsonl",
            "  bench latency --output json >> bench.jsonl",
            "  report bench.jsonl --out target --name monday",
            "  report streams.jsonl --by subscribers"
        })
public final class ReportCommand implements Callable<Integer> {

    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files of results, an object a line.")
    List<Path> files = List.of();

    @Option(names = "--out", paramLabel = "FOLDER", description = "Where the report goes (default here).")
    Path out = Path.of(".");

    @Option(names = "--name", paramLabel = "NAME", description = "NAME.md, NAME.json and NAME.svg (default report).")
    String name = "report";

    @Option(
            names = "--by",
            paramLabel = "PARAMETER",
            description =
                    "A number that grows from result to result, such as subscribers or endpoints (default log_events).")
    String by = "log_events";

    @Mixin
    OutputOption output = new OutputOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        List<Result> results = results();
        if (results.isEmpty()) {
            spec.commandLine().getErr().println("no results in " + files + "; bench prints them with --output json");
            return 1;
        }
        List<Group> groups = Group.of(results);
        Files.createDirectories(out);
        Map<Group, String> lineCharts = new LinkedHashMap<>();
        for (Group group : groups) {
            if (group.variesBy(by)) {
                lineCharts.put(group, write("-" + fileName(group.bench()) + ".svg", group.chartBy(by)));
            }
        }
        String chart = write(".svg", SvgChart.of(bars(groups)));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("results", results.size());
        result.put(
                "page",
                out.resolve(write(".md", MarkdownPage.of(groups, chart, lineCharts)))
                        .toString());
        result.put(
                "data",
                out.resolve(write(".json", MAPPER.writeValueAsString(json(results)) + "\n"))
                        .toString());
        result.put("chart", out.resolve(chart).toString());
        result.put(
                "line_charts",
                lineCharts.values().stream()
                        .map(file -> out.resolve(file).toString())
                        .toList());
        output.print(result, spec.commandLine().getOut());
        return 0;
    }

    private List<Result> results() throws IOException {
        for (Path file : files) {
            if (!Files.isReadable(file) || Files.isDirectory(file)) {
                throw new ParameterException(spec.commandLine(), "There is no file " + file.toAbsolutePath() + ".");
            }
        }
        try {
            return ResultFiles.read(files);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private ObjectNode json(List<Result> results) {
        ObjectNode root = MAPPER.createObjectNode();
        ArrayNode all = root.putArray("results");
        results.forEach(result -> all.add(result.json()));
        return root;
    }

    private static List<SvgChart.Bar> bars(List<Group> groups) {
        List<SvgChart.Bar> bars = new ArrayList<>();
        for (Group group : groups) {
            for (Result result : group.results()) {
                double perSecond =
                        result.has("events_per_s") ? result.figure("events_per_s") : result.figure("deliveries_per_s");
                bars.add(new SvgChart.Bar(
                        group.label(result), perSecond, result.figure("p50_ms"), result.figure("p99_ms")));
            }
        }
        return bars;
    }

    private static String fileName(String bench) {
        return bench.replaceAll("[^A-Za-z0-9_-]", "_");
    }

    /** Returns the name of the file, which is beside the page. */
    private String write(String ending, String text) throws IOException {
        String file = name + ending;
        Files.writeString(out.resolve(file), text, StandardCharsets.UTF_8);
        return file;
    }
}
