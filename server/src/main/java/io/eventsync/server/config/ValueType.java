package io.eventsync.server.config;

import static java.util.stream.Collectors.joining;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * How the text of a setting becomes a value and back.
 *
 * @param label what the help shows in place of the value
 * @param expected the accepted values, to follow "expected" in an error
 * @param parse empty for text that is no such value at all
 * @param print the text form of a value; {@code parse} reads it back
 * @param accepts whether a parsed value is in range
 */
record ValueType<T>(
        String label,
        String expected,
        Function<String, Optional<T>> parse,
        Function<T, String> print,
        Predicate<T> accepts) {

    private static final int TEXT_LENGTH_MAX = 4096;
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");

    static ValueType<String> text() {
        return new ValueType<>(
                "text",
                "text of at most " + TEXT_LENGTH_MAX
                        + " characters, without control characters or white space around it",
                Optional::of,
                Function.identity(),
                ValueType::isPlain);
    }

    static ValueType<Optional<String>> optionalText() {
        ValueType<String> text = text();
        return new ValueType<>(
                text.label,
                text.expected,
                value -> Optional.of(Optional.of(value)),
                value -> value.orElse(""),
                value -> value.map(ValueType::isPlain).orElse(true));
    }

    static ValueType<Path> path() {
        return new ValueType<>("path", "a path", ValueType::parsePath, Path::toString, path -> true);
    }

    static ValueType<Long> longInteger(long min, long max) {
        return new ValueType<>(
                "number",
                "a whole number from " + min + " to " + max,
                text -> INTEGER.matcher(text).matches() ? Optional.of(Long.parseLong(text)) : Optional.empty(),
                String::valueOf,
                value -> min <= value && value <= max);
    }

    static ValueType<Integer> integer(int min, int max) {
        ValueType<Long> wide = longInteger(min, max);
        return new ValueType<>(
                wide.label,
                wide.expected,
                text -> wide.parse.apply(text).filter(wide.accepts).map(Math::toIntExact),
                String::valueOf,
                value -> min <= value && value <= max);
    }

    static ValueType<Boolean> bool() {
        return new ValueType<>(
                "true|false",
                "true or false",
                text -> switch (text) {
                    case "true" -> Optional.of(true);
                    case "false" -> Optional.of(false);
                    default -> Optional.empty();
                },
                String::valueOf,
                value -> true);
    }

    static ValueType<Duration> duration(Duration min, Duration max) {
        return new ValueType<>(
                "duration",
                "a duration with its unit (500ms, 10s, 5m, 2h, 7d or PT10S) from " + DurationText.print(min) + " to "
                        + DurationText.print(max),
                DurationText::parse,
                DurationText::print,
                value -> min.compareTo(value) <= 0 && value.compareTo(max) <= 0);
    }

    /** Days and nothing less. */
    static ValueType<Duration> days(int min, int max) {
        ValueType<Duration> wide = duration(Duration.ofDays(min), Duration.ofDays(max));
        return new ValueType<>(
                wide.label,
                "whole days (7d, 24h or P7D) from " + min + " to " + max,
                wide.parse,
                wide.print,
                value -> wide.accepts.test(value)
                        && Duration.ofDays(value.toDays()).equals(value));
    }

    static ValueType<Long> bytes(long min, long max) {
        return new ValueType<>(
                "bytes",
                "a number of bytes (4096, 64KiB, 16MiB, 1GiB) from " + ByteText.print(min) + " to "
                        + ByteText.print(max),
                ByteText::parse,
                ByteText::print,
                value -> min <= value && value <= max);
    }

    static <E extends Enum<E>> ValueType<E> choice(Class<E> type) {
        E[] constants = type.getEnumConstants();
        String names = Arrays.stream(constants).map(ValueType::choiceName).collect(joining(", "));
        return new ValueType<>(
                names.replace(", ", "|"),
                constants.length == 1 ? names : "one of " + names,
                text -> Arrays.stream(constants)
                        .filter(constant -> choiceName(constant).equals(text))
                        .findFirst(),
                ValueType::choiceName,
                value -> true);
    }

    ValueType<T> restrictedTo(Predicate<T> rule, String wording) {
        return new ValueType<>(label, expected + ", " + wording, parse, print, accepts.and(rule));
    }

    private static String choiceName(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<Path> parsePath(String text) {
        try {
            return Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static boolean isPlain(String text) {
        return text.equals(text.strip())
                && !text.isEmpty()
                && text.length() <= TEXT_LENGTH_MAX
                && text.chars().noneMatch(Character::isISOControl);
    }
}
