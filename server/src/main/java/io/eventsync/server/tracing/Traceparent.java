package io.eventsync.server.tracing;

import java.util.List;

/**
 * The rules of W3C Trace Context for the header {@code traceparent}: {@code 00-<32 hex>-<16 hex>-<2 hex>}, in small letters. What breaks
 * them counts as none, as the standard demands: a mistake of tracing is no mistake of the call.
 */
public final class Traceparent {
    public static final String HEADER = "traceparent";

    private static final int LENGTH = 55;
    private static final int TRACE_ID = 3;
    private static final int SPAN_ID = 36;
    private static final int FLAGS = 53;

    private Traceparent() {}

    /** The one value of a request's headers, see {@link #valid(String)}; two are as good as none. */
    public static String of(List<String> values) {
        return values.size() == 1 ? valid(values.get(0)) : "";
    }

    /** The value as it may be stored and sent on, or the empty string. What a later version wrote is told in the words of this one. */
    public static String valid(String text) {
        boolean isLater = !text.startsWith("00-");
        boolean isValid = isLater
                ? text.length() >= LENGTH && (text.length() == LENGTH || text.charAt(LENGTH) == '-')
                : text.length() == LENGTH;
        if (!isValid || !isHex(text, 0, 2) || text.startsWith("ff") || !hasDashes(text) || !hasIds(text)) {
            return "";
        }
        return isLater
                ? "00" + text.substring(2, FLAGS) + (Character.digit(text.charAt(FLAGS + 1), 16) % 2 == 1 ? "01" : "00")
                : text;
    }

    private static boolean hasDashes(String text) {
        return text.charAt(TRACE_ID - 1) == '-' && text.charAt(SPAN_ID - 1) == '-' && text.charAt(FLAGS - 1) == '-';
    }

    private static boolean hasIds(String text) {
        return isId(text, TRACE_ID, SPAN_ID - 1) && isId(text, SPAN_ID, FLAGS - 1) && isHex(text, FLAGS, LENGTH);
    }

    private static boolean isId(String text, int from, int to) {
        return isHex(text, from, to) && text.substring(from, to).chars().anyMatch(c -> c != '0');
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    static String traceId(String valid) {
        return valid.substring(TRACE_ID, SPAN_ID - 1);
    }

    static String spanId(String valid) {
        return valid.substring(SPAN_ID, FLAGS - 1);
    }

    static String flags(String valid) {
        return valid.substring(FLAGS);
    }
}
