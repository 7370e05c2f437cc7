package io.eventsync.loadtest.report;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Two panels of bars with one line for each result: events a second, and latency (p99 light, p50 dark). The text is text, so the
 * picture needs no fonts of the machine that draws it.
 */
final class SvgChart {

    private static final int LABEL_WIDTH = 300;
    private static final int PANEL_WIDTH = 300;
    private static final int NUMBER_WIDTH = 90;
    private static final int ROW_HEIGHT = 26;
    private static final int BAR_HEIGHT = 16;
    private static final int TOP = 40;
    private static final int LABEL_LENGTH_MAX = 46;
    private static final int SECOND_PANEL = LABEL_WIDTH + PANEL_WIDTH + NUMBER_WIDTH;

    private final List<Bar> bars;
    private final StringBuilder svg = new StringBuilder();

    private SvgChart(List<Bar> bars) {
        this.bars = bars;
    }

    /**
     * One line of the chart.
     *
     * @param perSecond events
     * @param p50 milliseconds
     * @param p99 milliseconds
     */
    record Bar(String label, double perSecond, double p50, double p99) {}

    static String of(List<Bar> bars) {
        return new SvgChart(bars).draw();
    }

    private String draw() {
        int height = TOP + bars.size() * ROW_HEIGHT + 10;
        int width = SECOND_PANEL + PANEL_WIDTH + NUMBER_WIDTH;
        append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                        + " font-family=\"sans-serif\" font-size=\"12\">%n",
                width, height, width, height);
        append("<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n");
        text(LABEL_WIDTH, 22, "start", "events a second");
        text(SECOND_PANEL, 22, "start", "latency in ms: p50 (dark), p99 (light)");
        double perSecondMax = max(Bar::perSecond);
        double latencyMax = max(Bar::p99);
        int y = TOP;
        for (Bar bar : bars) {
            text(LABEL_WIDTH - 8, y + 13, "end", shortened(bar.label()));
            rectangle(LABEL_WIDTH, y, bar.perSecond() / perSecondMax, "#4477aa");
            number(LABEL_WIDTH, y, bar.perSecond() / perSecondMax, bar.perSecond());
            rectangle(SECOND_PANEL, y, bar.p99() / latencyMax, "#eecc88");
            rectangle(SECOND_PANEL, y, bar.p50() / latencyMax, "#cc6644");
            number(SECOND_PANEL, y, bar.p99() / latencyMax, bar.p99());
            y += ROW_HEIGHT;
        }
        return svg.append("</svg>\n").toString();
    }

    private double max(ToDoubleFunction<Bar> figure) {
        double max = bars.stream().mapToDouble(figure).max().orElse(1);
        return max > 0 ? max : 1;
    }

    private void rectangle(int x, int y, double share, String colour) {
        append(
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                x, y, share * PANEL_WIDTH, BAR_HEIGHT, colour);
    }

    private void number(int x, int y, double share, double value) {
        String shown = value >= 100 ? String.format(Locale.ROOT, "%,.0f", value) : Double.toString(value);
        text(x + (int) (share * PANEL_WIDTH) + 6, y + 13, "start", shown);
    }

    private void text(int x, int y, String anchor, String text) {
        append("<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, escaped(text));
    }

    private void append(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }

    private static String shortened(String label) {
        return label.length() <= LABEL_LENGTH_MAX ? label : label.substring(0, LABEL_LENGTH_MAX - 1) + "…";
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
