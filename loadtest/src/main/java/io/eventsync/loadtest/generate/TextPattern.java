package io.eventsync.loadtest.generate;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Plain text by a format string of Python's logging: {@code [%(asctime)s] %(levelname)-8s %(message)s}. It knows asctime,
 * levelname, name, every column of the other formats and the custom fields; {@code %%} is a per cent sign.
 */
final class TextPattern implements LineFormat {

    static final String DEFAULT = "[%(asctime)s] %(levelname)s: %(message)s";
    private static final Pattern PLACE = Pattern.compile("%(?:%|\\((\\w+)\\)(-?)(\\d{0,3})s)");
    private static final Map<String, String> PYTHON_NAMES = Map.of("levelname", "level", "name", "service");
    private static final DateTimeFormatter ASCTIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss,SSS", Locale.ROOT);

    private final List<Part> parts;
    private final ZoneId zone;

    private TextPattern(List<Part> parts, ZoneId zone) {
        this.parts = List.copyOf(parts);
        this.zone = zone;
    }

    /** Fails with a message for people if the pattern names what there is not. */
    static TextPattern parse(String pattern, Set<String> fields, ZoneId zone) {
        List<String> known = Columns.with(fields);
        List<Part> parts = new ArrayList<>();
        Matcher place = PLACE.matcher(pattern);
        int at = 0;
        while (place.find()) {
            parts.add(text(pattern.substring(at, place.start())));
            parts.add(place.group(1) == null ? text("%") : part(place, known));
            at = place.end();
        }
        parts.add(text(pattern.substring(at)));
        return new TextPattern(parts, zone);
    }

    @Override
    public String header() {
        return "";
    }

    @Override
    public String line(LogEntry entry) {
        Map<String, String> values = Columns.of(entry);
        values.put("asctime", ASCTIME.format(entry.time().atZone(zone)));
        StringBuilder line = new StringBuilder();
        parts.forEach(part -> part.append(values, line));
        return line.append('\n').toString();
    }

    private static Part part(Matcher place, List<String> known) {
        String given = place.group(1);
        String name = PYTHON_NAMES.getOrDefault(given, given);
        if (!name.equals("asctime") && !known.contains(name)) {
            throw new IllegalArgumentException(
                    "%(" + given + ")s is not known; known: asctime, levelname, name, " + String.join(", ", known));
        }
        int width = place.group(3).isEmpty() ? 0 : Integer.parseInt(place.group(3));
        String form = width == 0 ? "%s" : "%" + place.group(2) + width + "s";
        return (values, line) -> line.append(String.format(Locale.ROOT, form, values.get(name)));
    }

    private static Part text(String text) {
        if (text.indexOf('%') >= 0 && text.length() > 1) {
            throw new IllegalArgumentException("'" + text + "': a place is written %(name)s, a per cent sign %%");
        }
        return (values, line) -> line.append(text);
    }

    private interface Part {

        void append(Map<String, String> values, StringBuilder line);
    }
}
