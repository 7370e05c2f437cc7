package io.eventsync.loadtest.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The results of one bench, and which of its parameters tell them apart. */
record Group(String bench, List<Result> results) {

    /** In the order in which benches first appear. */
    static List<Group> of(List<Result> results) {
        Map<String, List<Result>> byBench = new LinkedHashMap<>();
        results.forEach(result -> byBench.computeIfAbsent(result.bench(), name -> new ArrayList<>())
                .add(result));
        return byBench.entrySet().stream()
                .map(entry -> new Group(entry.getKey(), List.copyOf(entry.getValue())))
                .toList();
    }

    List<String> figures() {
        return Result.FIGURES.stream()
                .filter(name -> results.stream().anyMatch(result -> result.has(name)))
                .toList();
    }

    List<String> fixed() {
        return parameters().stream().filter(name -> !isVaried(name)).toList();
    }

    List<String> varied() {
        return parameters().stream().filter(this::isVaried).toList();
    }

    /** Whether the results tell what more of it costs: each has this parameter above 0, and not all the same. */
    boolean variesBy(String parameter) {
        return isVaried(parameter) && results.stream().allMatch(result -> result.figure(parameter) > 0);
    }

    /** The figures by that parameter, as a picture; without those that are 0 at each. */
    String chartBy(String parameter) {
        List<String> shown = figures().stream()
                .filter(name -> results.stream().anyMatch(result -> result.figure(name) > 0))
                .toList();
        return LineChart.of(parameter, shown, results);
    }

    /** The bench, and what tells this result from the others of it. */
    String label(Result result) {
        StringBuilder label = new StringBuilder(bench);
        varied().forEach(name -> label.append(' ').append(name).append('=').append(result.text(name)));
        return label.toString();
    }

    private Set<String> parameters() {
        Set<String> names = new LinkedHashSet<>();
        results.forEach(result -> names.addAll(result.parameters()));
        return names;
    }

    private boolean isVaried(String name) {
        return results.stream().map(result -> result.text(name)).distinct().count() > 1;
    }
}
