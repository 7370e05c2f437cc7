package io.eventsync.server.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in bytes: plain numbers or binary units. {@code MB} is refused, because readers disagree on what it means. */
final class ByteText {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})(B|KiB|MiB|GiB|TiB)?");
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");

    private ByteText() {}

    static Optional<Long> parse(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int unit = matcher.group(2) == null ? 0 : UNITS.indexOf(matcher.group(2));
        try {
            return Optional.of(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * unit)));
        } catch (ArithmeticException e) {
            return Optional.empty();
        }
    }

    static String print(long bytes) {
        int unit = UNITS.size() - 1;
        while (unit > 0 && (bytes == 0 || bytes % (1L << (10 * unit)) != 0)) {
            unit--;
        }
        return unit == 0 ? Long.toString(bytes) : (bytes >> (10 * unit)) + UNITS.get(unit);
    }
}
