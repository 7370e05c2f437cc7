package io.eventsync.server.config;

/** Text from outside, made safe for a terminal or a log: control characters become escapes, so a value cannot forge a line. */
public final class Printable {
    private Printable() {}

    public static String escape(String text) {
        StringBuilder escaped = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isUnsafe(c)) {
                escaped = escaped == null ? new StringBuilder(text.length() + 16).append(text, 0, i) : escaped;
                appendEscape(escaped, c);
            } else if (escaped != null) {
                escaped.append(c);
            }
        }
        return escaped == null ? text : escaped.toString();
    }

    private static boolean isUnsafe(char c) {
        return switch (Character.getType(c)) {
            // FORMAT holds the marks that reorder text, which can make a line read as another.
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    private static void appendEscape(StringBuilder out, char c) {
        switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> out.append(String.format("\\u%04x", (int) c));
        }
    }
}
