package io.eventsync.server.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Proactive negotiation (RFC 9110, 12.5.1), as far as media types go. */
final class Negotiation {
    private Negotiation() {}

    /** The offered type that the client likes best, the first of equals; empty if it takes none. */
    static Optional<String> choose(@Nullable String accept, List<String> offered) {
        if (accept == null || accept.isBlank()) {
            return Optional.of(offered.get(0));
        }
        String best = null;
        double liking = 0;
        for (String type : offered) {
            double q = liking(accept, type);
            if (q > liking) {
                best = type;
                liking = q;
            }
        }
        return Optional.ofNullable(best);
    }

    /** By the most specific range that covers the type. */
    private static double liking(String accept, String type) {
        int closest = -1;
        double liking = 0;
        for (String element : accept.split(",", -1)) {
            String[] parts = element.split(";", -1);
            int closeness = closeness(parts[0].strip().toLowerCase(Locale.ROOT), type);
            if (closeness > closest) {
                closest = closeness;
                liking = quality(parts);
            }
        }
        return liking;
    }

    private static int closeness(String range, String type) {
        if (range.equals(type)) {
            return 2;
        }
        if (range.endsWith("/*") && type.startsWith(range.substring(0, range.length() - 1))) {
            return 1;
        }
        return range.equals("*/*") ? 0 : -1;
    }

    private static double quality(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.startsWith("q=") || parameter.startsWith("Q=")) {
                try {
                    return Double.parseDouble(parameter.substring(2));
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }
}
