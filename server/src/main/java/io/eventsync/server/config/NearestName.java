package io.eventsync.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** "Did you mean": the known name with the fewest edits from the one given. */
public final class NearestName {
    private static final int NAME_LENGTH_MAX = 100;

    private NearestName() {}

    public static Optional<String> of(String name, Collection<String> known) {
        if (name.length() > NAME_LENGTH_MAX) {
            return Optional.empty();
        }
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .filter(candidate -> distance(name, candidate) <= Math.max(2, candidate.length() / 3));
    }

    /** Levenshtein distance, except that a missing section ({@code port} for {@code server.port}) counts as one edit. */
    private static int distance(String name, String candidate) {
        if (candidate.endsWith("." + name) || candidate.endsWith("_" + name)) {
            return 1;
        }
        int[] previous = new int[candidate.length() + 1];
        for (int j = 0; j < previous.length; j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= name.length(); i++) {
            int[] current = new int[previous.length];
            current[0] = i;
            for (int j = 1; j < current.length; j++) {
                int replaced = previous[j - 1] + (name.charAt(i - 1) == candidate.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[candidate.length()];
    }
}
