package io.eventsync.server.config;

import java.util.List;

/** The configuration cannot be used. Carries every problem found, so that one start shows them all. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    public ConfigException(List<Problem> problems) {
        super(describe(problems), null, false, false);
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }

    private static String describe(List<Problem> problems) {
        StringBuilder text = new StringBuilder("the configuration has ")
                .append(problems.size())
                .append(problems.size() == 1 ? " problem:" : " problems:");
        for (Problem problem : problems) {
            text.append("\n  ").append(problem);
        }
        return text.toString();
    }

    /** One thing to correct: which key, where it was given, and what would be accepted. */
    public record Problem(String key, String origin, String detail) {
        @Override
        public String toString() {
            return Printable.escape(key + " (" + origin + "): " + detail);
        }
    }
}
