package io.eventsync.server.cli;

import io.eventsync.server.config.NearestName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** docs/ERRORS.md, which is a part of the jar: what each reason means and what to do. */
final class ErrorsPage {
    private static final String RESOURCE = "ERRORS.md";
    private static final String HEADING = "### ";

    private final Map<String, String> entries;

    private ErrorsPage(Map<String, String> entries) {
        this.entries = entries;
    }

    static ErrorsPage load() {
        try (InputStream in = ErrorsPage.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + RESOURCE);
            }
            return new ErrorsPage(entries(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> entries(String page) {
        Map<String, String> entries = new LinkedHashMap<>();
        String name = "";
        StringBuilder text = new StringBuilder();
        for (String line : page.lines().toList()) {
            if (line.startsWith("#")) {
                entries.computeIfAbsent(name, n -> text.toString().strip());
                text.setLength(0);
                name = line.startsWith(HEADING) ? line.substring(HEADING.length()) : "";
            } else {
                text.append(line).append('\n');
            }
        }
        entries.computeIfAbsent(name, n -> text.toString().strip());
        entries.remove("");
        return entries;
    }

    /** In the order of the page. */
    Iterable<String> reasons() {
        return entries.keySet();
    }

    /** What the page says about a reason, whose name may be written in small letters or with dashes. */
    Optional<String> about(String reason) {
        String name = reason.strip().toUpperCase(Locale.ROOT).replace('-', '_');
        return Optional.ofNullable(entries.get(name)).map(text -> name + "\n" + text);
    }

    /** The reason that was meant, perhaps. */
    Optional<String> nearest(String reason) {
        return NearestName.of(reason.toUpperCase(Locale.ROOT), entries.keySet());
    }
}
