package io.eventsync.loadtest.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How figures change with a parameter that grows: a small panel for each figure, the parameter on a logarithmic axis. Each panel begins
 * at 0, so that what is flat looks flat.
 */
final class LineChart {

    private static final int COLUMNS = 3;
    private static final int WIDTH = 300;
    private static final int HEIGHT = 170;
    private static final int LEFT = 40;
    private static final int TOP = 40;
    private static final int PLOT_WIDTH = 220;
    private static final int PLOT_HEIGHT = 90;

    private final String axis;
    private final List<Result> results;
    private final StringBuilder svg = new StringBuilder();

    private LineChart(String axis, List<Result> results) {
        this.axis = axis;
        this.results = results;
    }

    /** @param axis a parameter that all these results have, above 0 */
    static String of(String axis, List<String> figures, List<Result> results) {
        List<Result> sorted = results.stream()
                .sorted((a, b) -> Double.compare(a.figure(axis), b.figure(axis)))
                .toList();
        return new LineChart(axis, sorted).draw(figures);
    }

    private String draw(List<String> figures) {
        int width = COLUMNS * WIDTH;
        int height = (figures.size() + COLUMNS - 1) / COLUMNS * HEIGHT;
        append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"11\">%n",
                width, height, width, height);
        append("<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n");
        for (int i = 0; i < figures.size(); i++) {
            append("<g transform=\"translate(%d %d)\">%n", i % COLUMNS * WIDTH, i / COLUMNS * HEIGHT);
            panel(figures.get(i));
            append("</g>%n");
        }
        return svg.append("</svg>\n").toString();
    }

    private void panel(String figure) {
        List<Result> measured = results.stream().filter(r -> r.has(figure)).toList();
        double highest =
                measured.stream().mapToDouble(r -> r.figure(figure)).max().orElse(0);
        double max = highest > 0 ? highest : 1;
        int bottom = TOP + PLOT_HEIGHT;
        append("<text x=\"%d\" y=\"20\" font-weight=\"bold\">%s</text>%n", LEFT, SvgChart.escaped(figure));
        append("<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#999999\"/>%n", LEFT, TOP, bottom, LEFT + PLOT_WIDTH);
        append(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"#4477aa\" stroke-width=\"2\"/>%n",
                measured.stream()
                        .map(r -> String.format(Locale.ROOT, "%.1f,%.1f", x(r), y(r.figure(figure), max)))
                        .collect(Collectors.joining(" ")));
        for (Result result : measured) {
            double y = y(result.figure(figure), max);
            append("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"#4477aa\"/>%n", x(result), y);
            label(x(result), y - 6, result.figure(figure));
            label(x(result), bottom + 14, result.figure(axis));
        }
    }

    /** Of its logarithm between those of the least and the greatest. */
    private double x(Result result) {
        double from = Math.log(results.get(0).figure(axis));
        double to = Math.log(results.get(results.size() - 1).figure(axis));
        double share = to > from ? (Math.log(result.figure(axis)) - from) / (to - from) : 0;
        return LEFT + share * PLOT_WIDTH;
    }

    private static double y(double value, double max) {
        return TOP + PLOT_HEIGHT * (1 - value / max);
    }

    private void label(double x, double y, double value) {
        String text = value >= 100 ? String.format(Locale.ROOT, "%,.0f", value) : Double.toString(value);
        append("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>%n", x, y, text);
    }

    private void append(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }
}
