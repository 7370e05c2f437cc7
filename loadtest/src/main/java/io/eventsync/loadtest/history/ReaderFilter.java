package io.eventsync.loadtest.history;

import java.util.List;

/** Which tags a reader asked for, by whole segments; no prefixes means all. */
public record ReaderFilter(List<String> prefixes, List<String> excludedPrefixes) {

    public ReaderFilter {
        prefixes = List.copyOf(prefixes);
        excludedPrefixes = List.copyOf(excludedPrefixes);
    }

    public static ReaderFilter all() {
        return new ReaderFilter(List.of(), List.of());
    }

    public static ReaderFilter prefixes(String... prefixes) {
        return new ReaderFilter(List.of(prefixes), List.of());
    }

    public boolean matches(String tag) {
        return (prefixes.isEmpty() || startsWithAny(prefixes, tag)) && !startsWithAny(excludedPrefixes, tag);
    }

    private static boolean startsWithAny(List<String> prefixes, String tag) {
        for (String prefix : prefixes) {
            if (tag.startsWith(prefix) && (tag.length() == prefix.length() || tag.charAt(prefix.length()) == '.')) {
                return true;
            }
        }
        return false;
    }
}
