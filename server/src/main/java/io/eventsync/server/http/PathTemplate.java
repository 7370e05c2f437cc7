package io.eventsync.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The path of a {@code google.api.http} rule: literal segments, variables that are a whole segment, and a verb at the end. That is all of
 * the syntax that the contract uses; more is refused here.
 */
final class PathTemplate {
    private static final Pattern VARIABLE = Pattern.compile("\\{([a-z][a-z0-9_.]*)}(:[a-z][a-z-]*)?");
    private static final Pattern LITERAL = Pattern.compile("[a-z0-9][a-z0-9_.:-]*");

    private final String text;
    private final List<Part> parts = new ArrayList<>();

    /** A segment: {@code variable} if there is one, else {@code literal}; then the verb, with its colon, or nothing. */
    private record Part(String literal, String variable, String verb) {}

    /** What a variable stands for in a path. */
    record Binding(String field, String value) {}

    PathTemplate(String text) {
        this.text = text;
        for (String segment : text.substring(1).split("/", -1)) {
            Matcher variable = VARIABLE.matcher(segment);
            if (variable.matches()) {
                parts.add(new Part("", variable.group(1), variable.group(2) == null ? "" : variable.group(2)));
            } else if (LITERAL.matcher(segment).matches()) {
                parts.add(new Part(segment, "", ""));
            } else {
                throw new IllegalArgumentException("not a path template of this server: " + text);
            }
        }
    }

    boolean isLiteral() {
        return parts.stream().allMatch(part -> part.variable().isEmpty());
    }

    boolean hasVerb() {
        return !parts.get(parts.size() - 1).verb().isEmpty();
    }

    List<String> variables() {
        return parts.stream()
                .map(Part::variable)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** The variables' values, decoded; empty if the path is another one. */
    Optional<List<Binding>> match(List<String> segments) {
        if (segments.size() != parts.size()) {
            return Optional.empty();
        }
        List<Binding> bindings = new ArrayList<>(2);
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            String segment = segments.get(i);
            if (part.variable().isEmpty()) {
                if (!segment.equals(part.literal())) {
                    return Optional.empty();
                }
            } else {
                int end = segment.length() - part.verb().length();
                if (end <= 0 || !segment.endsWith(part.verb())) {
                    return Optional.empty();
                }
                bindings.add(new Binding(part.variable(), RequestTarget.decode(segment.substring(0, end), false)));
            }
        }
        return Optional.of(bindings);
    }

    @Override
    public String toString() {
        return text;
    }
}
